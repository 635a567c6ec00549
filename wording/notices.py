"""What is said of figures wherever they go: that some are estimates, and some invented."""

from typing import Final

ESTIMATES: Final = ("Estimates", "Amounts that are not paid yet may be eligible; none is promised.")
SAMPLE_DATA: Final = "sample data"
INVENTED: Final = ("Sample data", "These figures are invented, to look around in.")
