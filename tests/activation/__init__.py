"""Activation requests: asking, answering, each step from each status, limits, the queue."""
