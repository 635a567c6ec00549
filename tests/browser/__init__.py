"""Journeys in a real browser: what a person sees and presses, on screens and on paper."""
