"""People from a list: a paste or a file, whom each line means in which tenants, and what is done with them."""
