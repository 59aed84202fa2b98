"""Seeded tenants on loopback, to try everything without touching a real provider."""
