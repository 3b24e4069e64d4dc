"""The dashboard: its first screen answers whether we are on pace, who is behind and whether today is covered.

first_screen.py is read with the page; parts.py names the cards below it, each fetched by itself when it comes into
sight, so that the page stays as quick with ten million visits as with ten thousand.
"""
