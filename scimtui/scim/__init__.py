"""RFC 7643, RFC 7644 and RFC 9865 as values and functions: no network, no disk, no event loop."""
