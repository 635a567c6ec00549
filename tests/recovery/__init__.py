"""Rules, payments, windows and money by hand-made reports, and the laws that hold for any world."""
