"""What everybody has: their own settings, whatever else they may see."""
