"""Tabs that show a tenant's resources as rows, cached or live, and what is done with rows."""
