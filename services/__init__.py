"""What the product knows and does: reports in, figures out, everything that is written. It knows
the database and nothing of Streamlit, so the same answers serve pages, files and the command
line."""

from typing import Final

# What marketplaces are told of us, too. The project's own number (pyproject.toml).
VERSION: Final = "0.4.0"
