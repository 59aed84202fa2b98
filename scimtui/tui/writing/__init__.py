"""Writes as a person sees them: preview, questions, progress, receipts, undo."""
