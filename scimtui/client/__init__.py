"""The only doorway to the network: one `Endpoint` a tenant."""
