"""Outreach events: who goes, what becomes of them, and whether the rule of each month is met."""
