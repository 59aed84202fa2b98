"""Members of groups and groups of people, in both directions."""
