"""How one cell is read and written: text, codes, dates, yes or no, and references by code.

A cell that cannot be taken raises ValueError with the user's sentence.
"""

import datetime
import re
import unicodedata

from django.utils import timezone
from django.utils.translation import gettext as _
from import_export.widgets import Widget
from openpyxl.utils.datetime import from_excel

from shifts.text import fold

from .reading import is_blank

DAY_FIRST = re.compile(r"(\d{1,2})[/\-.](\d{1,2})[/\-.](\d{4}|\d{2})(?: 0{1,2}:00(?::00)?)?")
YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]00:00(?::00)?)?")
CLOCK = re.compile(r"(\d{1,2})(?:[:hg.](\d{2})(?::00)?|[hg])", re.IGNORECASE)
SERIAL = re.compile(r"\d{4,5}(?:[.,]0+)?")
SPREADSHEET_ERRORS = {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"}
YES = {"co", "x", "1", "true", "yes", "y", "dung", "v", "roi"}
NO = {"khong", "0", "false", "no", "n", "sai", "chua", "-"}


def shown(value):
    """Return a value short enough for a sentence."""
    text = str(value)
    return text if len(text) <= 40 else text[:39] + "…"


def plain(value):
    """Return a cell as text, whole numbers without a fraction."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("có") if value else _("không")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = unicodedata.normalize("NFC", str(value)).strip()
    if text in SPREADSHEET_ERRORS:
        raise ValueError(_("ô đang báo lỗi {error} của Excel").format(error=text))
    if any(unicodedata.category(char) in {"Cc", "Cs"} and char not in "\n\r\t" for char in text):
        raise ValueError(_("có ký tự điều khiển không đọc được; hãy gõ lại ô này"))
    return text


class Text(Widget):
    """Text as typed; a date is refused, since what was meant cannot be known."""

    def clean(self, value, row=None, **kwargs):
        if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
            raise ValueError(_("cần chữ nhưng ô chứa ngày giờ; hãy định dạng ô là Text rồi gõ lại"))
        return plain(value)

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else str(value)


class Code(Text):
    """A code is text; a number has lost its leading zeros unless the width is known."""

    def clean(self, value, row=None, **kwargs):
        if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
            raise ValueError(self.not_text(value))
        if isinstance(value, int | float):
            return self.from_number(int(value), row)
        return super().clean(value, row, **kwargs)

    def from_number(self, number, row):
        return str(number)

    @staticmethod
    def not_text(value):
        return _("mã phải là chữ nhưng ô chứa số {value}; hãy định dạng cột là Text rồi gõ lại").format(
            value=shown(value)
        )


class Day(Widget):
    """A date: a real one, day-first text, or the serial number of a spreadsheet."""

    epoch = None

    def clean(self, value, row=None, **kwargs):
        if is_blank(value):
            return None
        day = self.read(value)
        if not 1900 <= day.year <= 2100:
            raise ValueError(self.refusal(value))
        return day

    def read(self, value):
        try:
            if isinstance(value, datetime.datetime):
                return value.date()
            if isinstance(value, datetime.date):
                return value
            if isinstance(value, int | float) and not isinstance(value, bool):
                return self.from_serial(value)
            return self.from_text(plain(value))
        except (ValueError, TypeError, OverflowError) as error:
            raise ValueError(self.refusal(value)) from error

    def from_text(self, text):
        if found := DAY_FIRST.fullmatch(text):
            day, month, year = (int(part) for part in found.groups())
            return datetime.date(year + 2000 if year < 100 else year, month, day)
        if found := YEAR_FIRST.fullmatch(text):
            return datetime.date(*(int(part) for part in found.groups()))
        if SERIAL.fullmatch(text):
            return self.from_serial(float(text.replace(",", ".")))
        raise ValueError(text)

    def from_serial(self, number):
        moment = from_excel(number, self.epoch) if self.epoch else from_excel(number)
        return moment.date()

    @staticmethod
    def refusal(value):
        return _("không đọc được ngày “{value}”; hãy ghi ngày/tháng/năm, ví dụ 24/02/2020").format(value=shown(value))

    def render(self, value, obj=None, **kwargs):
        return f"{value:%d/%m/%Y}" if value else ""


class Clock(Widget):
    """A time of day: a real one, text such as 07:30 or 7h30, or the part of a day that a spreadsheet keeps."""

    def clean(self, value, row=None, **kwargs):
        if is_blank(value):
            return None
        try:
            return self.read(value)
        except (ValueError, TypeError, OverflowError, AttributeError) as error:
            raise ValueError(
                _("không đọc được giờ “{value}”; hãy ghi giờ:phút, ví dụ 07:30").format(value=shown(value))
            ) from error

    @staticmethod
    def read(value):
        if isinstance(value, datetime.datetime):
            return value.time()
        if isinstance(value, datetime.time):
            return value
        if isinstance(value, float) and 0 <= value < 1:
            minutes = round(value * 24 * 60)
            return datetime.time(minutes // 60, minutes % 60)
        hours, minutes = CLOCK.fullmatch(plain(value)).groups()
        return datetime.time(int(hours), int(minutes or 0))

    def render(self, value, obj=None, **kwargs):
        return f"{value:%H:%M}" if value else ""


class YesNo(Widget):
    """Yes or no, in the words people put into lists; what an empty cell means is said where it is used."""

    def __init__(self, blank=False):
        super().__init__()
        self.blank = blank

    def clean(self, value, row=None, **kwargs):
        if is_blank(value):
            return self.blank
        word = fold(value if isinstance(value, str) else plain(value))
        if word in YES:
            return True
        if word in NO:
            return False
        raise ValueError(_("không hiểu “{value}”; hãy ghi có hoặc không").format(value=shown(value)))

    def render(self, value, obj=None, **kwargs):
        return _("có") if value else _("không")


class Whole(Widget):
    """A whole number that is not negative."""

    LARGEST = 32_767

    def clean(self, value, row=None, **kwargs):
        if is_blank(value):
            return None
        text = str(int(value)) if isinstance(value, float) and value.is_integer() else plain(value)
        if not re.fullmatch(r"[0-9]{1,6}", text) or int(text) > self.LARGEST:
            raise ValueError(_("cần một số nguyên không âm, không phải “{value}”").format(value=shown(value)))
        return int(text)

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else str(value)


class OneOf(Widget):
    """One of the choices, by its value or by its words; an empty cell is none of them, or `blank` where it is given."""

    def __init__(self, choices, also=None, blank=None):
        super().__init__()
        self.choices, self.also, self.blank = choices, also or {}, blank

    def clean(self, value, row=None, **kwargs):
        if self.blank is not None and is_blank(value):
            return self.blank
        word = fold(plain(value))
        for choice, label in self.choices:
            if word in {fold(str(choice)), fold(str(label))}:
                return choice
        if word in self.also:
            return self.also[word]
        known = ", ".join(str(label) for _choice, label in self.choices)
        raise ValueError(
            _("không có lựa chọn “{value}”; các lựa chọn: {known}").format(value=shown(value), known=known)
        )

    def render(self, value, obj=None, **kwargs):
        return str(dict(self.choices).get(value, value or ""))


class Reference(Widget):
    """Another row, by its code or, where that is not found, by its exact name (accents ignored)."""

    def __init__(self, model, what, field="code", name_field="name"):
        super().__init__()
        self.model, self.what, self.field, self.name_field = model, what, field, name_field
        self.cache = {}

    def clean(self, value, row=None, **kwargs):
        text = Code().clean(value, row)
        if not text:
            return None
        if text not in self.cache:
            self.cache[text] = self.find(text, row)
        return self.cache[text]

    def find(self, text, row):
        found = self.model.objects.filter(**{self.field: text}).first() or self.by_name(text)
        if found is None:
            raise ValueError(_("không có {what} “{value}”").format(what=self.what, value=shown(text)))
        return found

    def by_name(self, text):
        if not self.name_field:
            return None
        same = [each for each in self.model.objects.all() if fold(getattr(each, self.name_field)) == fold(text)]
        return same[0] if len(same) == 1 else None

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else str(getattr(value, self.field))


class UnitReference(Reference):
    """A unit by its code. Codes were used again for other units, so the day of the row, or CODE@DAY, decides."""

    def __init__(self, model, what, day_columns=("valid_from",)):
        super().__init__(model, what)
        self.day_columns = day_columns

    def clean(self, value, row=None, **kwargs):
        text = Code().clean(value, row)
        return self.find(text, row) if text else None

    def find(self, text, row):
        code, _sign, start = text.partition("@")
        units = list(self.model.objects.filter(code__in=self.spellings(code.strip())).order_by("valid_from"))
        if start:
            starts = Day().clean(start)
            units = [unit for unit in units if unit.valid_from == starts]
        if not units and not start and (named := self.by_name(text)):
            return named
        holding = [unit for unit in units if unit.holds_on(self.day_of(row))]
        if len(holding) == 1 or len(units) == 1:
            return (holding or units)[0]
        if not units:
            raise ValueError(_("không có {what} “{value}”").format(what=self.what, value=shown(text)))
        options = ", ".join(f"{unit.code}@{unit.valid_from:%d/%m/%Y} ({unit.name})" for unit in units)
        raise ValueError(
            _("mã “{value}” đã chỉ nhiều đơn vị, hãy ghi một trong: {options}").format(
                value=shown(code), options=options
            )
        )

    @staticmethod
    def spellings(code):
        """The code as written and, where only digits are left of it, with the zeros that Excel took away."""
        return {code, *(code.zfill(width) for width in (2, 3, 5) if code.isdigit() and len(code) < width)}

    def day_of(self, row):
        for column in self.day_columns:
            try:
                if day := Day().clean((row or {}).get(column)):
                    return day
            except ValueError:
                continue  # that cell has its own reason
        return timezone.localdate()

    def render(self, value, obj=None, **kwargs):
        if value is None:
            return ""
        return value.code if value.holds_on(timezone.localdate()) else f"{value.code}@{value.valid_from:%d/%m/%Y}"
