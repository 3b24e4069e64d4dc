"""Whole numbers as people write them: 1234, "1.234", "1 234"."""

import re

from django.utils.translation import gettext as _

from assistance.models.totals import LARGEST_COUNT

GROUPED = re.compile(r"\d{1,3}([. \u00a0\u202f])\d{3}(?:\1\d{3})*")


def dotted(number: int) -> str:
    """1234 as Vietnamese print it: 1.234."""
    return f"{number:,}".replace(",", ".")


def read_count(value) -> int | None:
    """Return a number of people, leaflets or dossiers; None of nothing; raise ValueError with a sentence."""
    if value is None or isinstance(value, bool):
        if value is None:
            return None
        raise ValueError(_("Ghi một số nguyên."))
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = re.sub(r"^\s+|\s+$", "", str(value)).strip("\u00a0\u202f")
    if not text or text in {"-", "–"}:
        return None
    if re.match(r"[-−–]\s*\d", text):
        raise ValueError(_("Số không được âm."))
    if isinstance(value, str) and GROUPED.fullmatch(text):
        text = re.sub(r"\D", "", text)
    if re.fullmatch(r"\d+[.,]\d+", text):
        sentence = _("Ghi số nguyên, không có phần lẻ; một nghìn hai trăm ba mươi tư ghi là 1234 hoặc 1.234.")
        raise ValueError(sentence)
    if not re.fullmatch(r"[0-9]+", text):
        raise ValueError(_("Ghi một số nguyên, ví dụ 37; không có thì ghi 0 hoặc để trống."))
    if len(text) > 15 or int(text) > LARGEST_COUNT:
        raise ValueError(_("Nhiều nhất {largest}. Xem lại số này.").format(largest=dotted(LARGEST_COUNT)))
    return int(text)
