"""One person in all tenants: the card, and the search that leads to it."""
