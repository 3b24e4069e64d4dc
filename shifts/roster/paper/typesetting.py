"""What needs WeasyPrint, and with it Pango: imported only when a PDF is asked for."""

from pathlib import Path
from urllib.parse import urlsplit

import weasyprint
from django.contrib.staticfiles import finders
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse


class OwnFonts(URLFetcher):
    """Opens the fonts of our style sheets and nothing else, so a PDF looks alike wherever it was made."""

    def fetch(self, url, headers=None):
        name = Path(urlsplit(url).path).name
        found = finders.find(f"fonts/{name}") if "/static/fonts/" in url else None
        if not found:
            raise ValueError(f"Not a font of ours: {url}")
        return URLFetcherResponse(url, Path(found).read_bytes(), {"Content-Type": "font/woff2"})


def typeset(html: str, styles: list[str]) -> bytes:
    """Return the page as PDF, set with these of our style sheets (static names)."""
    fonts, fetcher = FontConfiguration(), OwnFonts()
    sheets = [weasyprint.CSS(filename=finders.find(name), url_fetcher=fetcher, font_config=fonts) for name in styles]
    return weasyprint.HTML(string=html, url_fetcher=fetcher).write_pdf(stylesheets=sheets, font_config=fonts)
