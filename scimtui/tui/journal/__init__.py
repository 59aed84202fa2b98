"""The journal of writes."""
