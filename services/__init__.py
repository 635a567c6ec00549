"""What the product knows and does: reports in, figures out, everything that is written. It knows
the database and nothing of Streamlit, so the same answers serve pages, files and the command
line."""
