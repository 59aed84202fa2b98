"""New people: the same one in several tenants at once, and one like a colleague."""
