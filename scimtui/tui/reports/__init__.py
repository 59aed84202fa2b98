"""What is looked at as a report for others: a page, a spreadsheet, JSON."""
