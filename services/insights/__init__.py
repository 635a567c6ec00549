"""The questions that pages, files and the command line ask, as named functions with bound values
and frozen answers. It reads; it never writes."""
