"""Offboarding: the steps of the recipe as a checklist, and what became of each."""
