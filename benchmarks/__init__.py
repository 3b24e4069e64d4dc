"""Measures the desk against bare Django; not part of the site. Run by `make bench`."""
