"""One resource: its details, its JSON, its form."""
