"""The two sizes every page is looked at in."""

PC = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
WIDTHS = {"pc": PC, "phone": PHONE}
