"""What the look promises: digits of one width, letters that are all there, addresses in CSS that lead somewhere."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.template.loader import render_to_string
from django.utils import translation
from fontTools.ttLib import TTFont

STYLES = ["tokens", "base", "account", "print", "admin"]
VIETNAMESE = "ăâđêôơưĂÂĐÊÔƠƯ" + "ắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ₫“”…"


@pytest.fixture
def fonts(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    call_command("make_fonts", verbosity=0)
    return tmp_path / "fonts"


def test_every_digit_is_as_wide_as_the_others(fonts):
    font = TTFont(fonts / "BVPSo-SemiBold.woff2")
    names = font.getBestCmap()
    assert {chr(code) for code in names} == set("0123456789")
    assert {font["hmtx"][name][0] for name in names.values()} == {636}


def test_the_text_face_has_every_vietnamese_letter(fonts):
    assert set(map(ord, VIETNAMESE)) <= set(TTFont(fonts / "BeVietnamPro-Regular.woff2").getBestCmap())


def test_fonts_already_made_are_left_alone(fonts):
    (fonts / "BVPSo-Regular.woff2").write_bytes(b"kept")
    call_command("make_fonts", verbosity=0)
    assert (fonts / "BVPSo-Regular.woff2").read_bytes() == b"kept"


@pytest.mark.parametrize("style", STYLES)
def test_addresses_in_css_are_files_we_serve_or_make(style):
    text = Path(finders.find(f"css/{style}.css")).read_text(encoding="utf-8")
    made = {"BeVietnamPro-Regular", "BeVietnamPro-Medium", "BeVietnamPro-SemiBold", "BVPSo-Regular", "BVPSo-SemiBold"}
    assert set(re.findall(r"url\(\"([^\"]+)\"\)", text)) <= {f"../fonts/{name}.woff2" for name in made}


def test_the_page_of_a_failure_needs_nothing():
    page = render_to_string("500.html")
    assert "Hệ thống gặp lỗi và chưa lưu được." in page
    assert "<style" not in page and "style=" not in page


@pytest.mark.parametrize("language", ["en", "vi"])
def test_no_sentence_of_the_catalogue_is_left_empty(language):
    text = (settings.LOCALE_PATHS[0] / language / "LC_MESSAGES" / "django.po").read_text(encoding="utf-8")
    header, *entries = text.split("\n\n")
    assert [entry for entry in entries if re.search(r'^msgstr(\[\d\])? ""$(?!\n")', entry, re.M)] == []


def test_who_chose_english_reads_english():
    with translation.override("en"):
        assert translation.gettext("Đăng nhập") == "Log in"
    with translation.override("vi"):
        assert translation.gettext("access attempts") == "lần đăng nhập sai"


def test_static_files_are_collected_as_on_a_server(settings, tmp_path):
    """With the storage of production, which follows what modules import, and no option beside --no-input."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "volunteer_support.storage.ModuleAwareStaticFilesStorage"}
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    imported = re.findall(r'from "\./([^"]+)"', next((tmp_path / "js/desk").glob("desk.????????????.js")).read_text())
    assert imported
    assert [name for name in imported if not (tmp_path / "js/desk" / name).exists()] == []
    assert not (tmp_path / "django_htmx" / "ext").exists()


def test_keys_in_pages_are_never_written_with_separators():
    """A key of 1234 in a form would be sent as "1.234", and in a selector name another element."""
    loose = re.compile(r"\{\{ ?(?:\w+\.)*pk ?\}\}")
    pages = (Path(settings.BASE_DIR) / "templates").rglob("*.html")
    assert [page.name for page in pages if loose.search(page.read_text(encoding="utf-8"))] == []
