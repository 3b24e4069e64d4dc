"""Pages of outreach events, below /outreach/."""
