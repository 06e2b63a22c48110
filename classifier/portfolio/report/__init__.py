"""A portfolio as a report to read and a workbook to work in."""
