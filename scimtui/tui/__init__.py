"""The console: Textual screens and widgets, nothing else."""
