"""Sheets of A4 as PDF.

WeasyPrint needs Pango from the system (Debian: libpango-1.0-0 libpangoft2-1.0-0). The site runs without it, so nothing
of it is imported before a PDF is asked for.
"""

from django.utils.translation import gettext as _


class PdfUnavailable(Exception):
    """This machine cannot make a PDF; its text is a sentence for the person who asked."""


def pdf_of(html: str, styles: list[str]) -> bytes:
    """Return the page as PDF, set with these of our style sheets (static names); raises PdfUnavailable."""
    try:
        from .typesetting import typeset
    except (ImportError, OSError) as error:  # OSError: the package is here, Pango is not
        raise PdfUnavailable(
            _("Máy chủ này chưa có thư viện Pango để tạo PDF. Hãy bấm In rồi chọn “Lưu thành PDF” trong hộp thoại in.")
        ) from error
    return typeset(html, styles)
