"""Finds the fair roster: the model, the proof of the load, the wishes, and why a place stays empty."""
