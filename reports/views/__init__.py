"""The pages below /reports/."""
