"""What is particular to one marketplace, a folder each: report formats, rules, claim windows, codes
and words. It is data and SQL that landing and recovery work with, and calls neither."""
