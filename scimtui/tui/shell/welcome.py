"""What stands on the screen while there is no tenant."""

WELCOME = """

  No tenant yet.

  ^T   adds one: a name, its SCIM base URL, and a token that goes to the keyring
  q    quits

  To look around first, quit and run   scimtui demo
"""
