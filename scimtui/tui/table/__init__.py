"""The virtual table: only the cells in sight are painted."""
