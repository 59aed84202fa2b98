"""Why a person cannot log in."""
