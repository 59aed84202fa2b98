"""What a provider answers, and what it was found to do."""
