"""The sections of Data, and what opens over it."""
