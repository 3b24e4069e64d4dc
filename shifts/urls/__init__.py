"""Addresses below /roster/ and /me/."""
