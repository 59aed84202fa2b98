"""A source of people against a tenant: who should not have an account, and who should."""
