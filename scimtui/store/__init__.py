"""What stays on this machine: cached resources and the journal, on TinyDB."""
