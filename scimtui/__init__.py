"""The admin console for SCIM 2.0, in the terminal."""

__version__ = "0.1.0"
