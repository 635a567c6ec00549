"""Calls with clients: logged, undone, and what counts from them."""
