"""Targets: setting and splitting them, how far they are, and what is to be expected."""
