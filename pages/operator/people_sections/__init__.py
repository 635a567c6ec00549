"""The parts of the page about people."""
