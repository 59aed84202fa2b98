"""Every action by where it is at home."""
