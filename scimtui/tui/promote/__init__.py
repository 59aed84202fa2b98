"""One side of a comparison made like the other: staged, planned, looked at, then sent or written into a file."""
