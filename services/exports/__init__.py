"""What can be taken away: lists as CSV and XLSX, deadlines as a calendar, one page as a PDF. Each
is made when it is asked for, with the rights of that moment."""
