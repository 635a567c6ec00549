"""The sections of the Overview, and what opens over it."""
