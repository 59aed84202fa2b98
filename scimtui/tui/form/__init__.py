"""The form of a resource: a field for every attribute of its schema."""
