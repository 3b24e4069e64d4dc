"""Take the pictures of README.md from a running demo: pictures.py http://127.0.0.1:8000 docs/pictures

The logins are of the demo world. Compresses without loss, so that the repository stays small.
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright
from zopfli import png

SIZES = {"pc": {"width": 1366, "height": 860}, "phone": {"width": 390, "height": 844}}
PAGES = {
    "tnv": [("login", "/accounts/login/"), ("desk", "/desk/"), ("dossiers", "/desk/dossiers/"), ("duties", "/me/")],
    "doitruong": [("today", "/roster/today/"), ("roster", "/roster/")],
}
BOTH_THEMES = {"desk", "roster"}


def take(browser, address, folder, size, theme, login):
    """All pages of one login in one size and theme; the dark ones only of the desk and the roster."""
    context = browser.new_context(
        viewport=SIZES[size],
        color_scheme=theme,
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        reduced_motion="reduce",
    )
    page = context.new_page()
    if login != "tnv":
        log_in(page, address, login)
    for name, path in PAGES[login]:
        page.goto(address + path, wait_until="networkidle")
        if theme == "light" or name in BOTH_THEMES:
            shown = name if theme == "light" else f"{name}-dark"
            save(page.screenshot(), folder / f"{shown}-{size}.png")
        if name == "login":
            log_in(page, address, login)
    context.close()


def log_in(page, address, login):
    page.goto(address + "/accounts/login/", wait_until="networkidle")
    page.fill("[name=username]", login)
    page.fill("[name=password]", "demo-quangninh")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login/" not in url)


def save(picture, path):
    path.write_bytes(png.optimize(picture, use_zopfli=False))
    print(f"{path}  {path.stat().st_size // 1000} kB")


def main():
    address, folder = sys.argv[1].rstrip("/"), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for theme in ("light", "dark"):
            for size in SIZES:
                for login in PAGES:
                    take(browser, address, folder, size, theme, login)
        browser.close()


if __name__ == "__main__":
    main()
