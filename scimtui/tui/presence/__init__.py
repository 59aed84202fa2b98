"""Who is in which tenant: people by tenants, and how many stand alike."""
