"""The commands. Thin: parse, call ops, print through present."""
