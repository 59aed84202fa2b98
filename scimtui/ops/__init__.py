"""The verbs. The only place where client, store, credentials and the SCIM core meet."""
