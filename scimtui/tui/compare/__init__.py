"""Two tenants, or two resources, side by side."""
