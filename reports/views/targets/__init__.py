"""Pages of targets, below /reports/targets/."""
