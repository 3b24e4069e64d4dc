"""Sheets of A4 as PDF, with WeasyPrint.

WeasyPrint needs Pango from the system (Debian: libpango-1.0-0 libpangoft2-1.0-0). The site runs without it, so it is
imported only when a PDF is asked for.
"""

from pathlib import Path

from django.contrib.staticfiles import finders
from django.utils.translation import gettext as _


class PdfUnavailable(Exception):
    """This machine cannot make a PDF; its text is a sentence for the person who asked."""


def pdf_of(html: str, styles: list[str]) -> bytes:
    """Return the page as PDF, set with these of our style sheets (static names). Fetches nothing from outside."""
    try:
        import weasyprint
    except (ImportError, OSError) as error:  # OSError: the package is here, Pango is not
        raise PdfUnavailable(
            _("Máy chủ này chưa có thư viện Pango để tạo PDF. Hãy bấm In rồi chọn “Lưu thành PDF” trong hộp thoại in.")
        ) from error
    sheets = [weasyprint.CSS(filename=finders.find(name), url_fetcher=_own_fonts) for name in styles]
    return weasyprint.HTML(string=html, url_fetcher=_own_fonts).write_pdf(stylesheets=sheets)


def _own_fonts(url, *args, **kwargs):
    """Open the fonts that our style sheets name, and nothing else."""
    name = Path(url).name
    found = finders.find(f"fonts/{name}")
    if not found or "/fonts/" not in url:
        raise ValueError(f"Not a font of ours: {url}")
    return {"file_obj": Path(found).open("rb"), "mime_type": "font/woff2"}
