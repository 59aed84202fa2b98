"""Painted lines: what is read line by line, and the styles it is painted with."""
