"""Marketplaces of our own making: real HTTP servers on this machine, one folder each.

They serve report files and check every request, and their own answers, against the marketplace's
published model (`checking`). What does not conform is kept, and fails the test that asked.
"""
