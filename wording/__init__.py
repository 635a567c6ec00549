"""What is said to people, and how: money, days, numbers, labels, buckets, cases, bases.

Pure text: nothing here knows a database, a page or a file. Pages, exports, the weekly summary and
the command line say it from here, so that it is said alike. What one marketplace alone says stands
in its own folder; a sentence that one page alone says may stand beside that page.
"""
