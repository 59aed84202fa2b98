"""The earlier copies of a tenant, and what changed from one to the next."""
