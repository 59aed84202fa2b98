"""The filter bar: words or a SCIM filter, completed and checked while it is typed."""
