"""Dialogs and fields that any part of the console may ask with."""
