"""Numbers and dates inside the sentences of targets."""

from django.utils.formats import number_format


def grouped(number) -> str:
    """20000 as the page's language prints it, fractions to one place."""
    whole = round(number, 1)
    whole = int(whole) if whole == int(whole) else whole
    return number_format(whole, force_grouping=True)
