"""Makes the web fonts out of the installed font package: what the screens need, and digits of one width."""

from importlib.resources import as_file, files

from django.conf import settings
from django.core.management.base import BaseCommand
from fontTools import subset
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

FACES = ["Regular", "Medium", "SemiBold"]
DIGIT_FACES = ["Regular", "SemiBold"]
# For paper: about as wide as Times, in which forms are set, with every letter of Vietnamese.
PAPER_FACES = {"Regular": ("NotoSerif", 400), "Bold": ("NotoSerif", 700), "Italic": ("NotoSerif-Italic", 400)}
PAPER_WIDTH = 80  # per cent
DIGIT_ADVANCE = 636  # of 1000 units to the em: the widest digit with a little air
DIGITS = range(0x30, 0x3A)
# ASCII, Latin-1, Latin letters Vietnamese builds on, its stacked accents, and the punctuation we print.
LETTERS = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x100),
    *[0x102, 0x103, 0x110, 0x111, 0x128, 0x129, 0x168, 0x169, 0x1A0, 0x1A1, 0x1AF, 0x1B0],
    *[0x300, 0x301, 0x303, 0x309, 0x323],
    *range(0x1EA0, 0x1EFA),
    *[0x2010, 0x2011, 0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2026, 0x2032, 0x20AB, 0x2212],
]


class Command(BaseCommand):
    help = "Tạo phông chữ cho trang web từ gói phông đã cài, vào var/fonts."

    def add_arguments(self, parser):
        parser.add_argument("--force", action="store_true", help="tạo lại cả phông đã có")

    def handle(self, *args, force=False, **options):
        folder = settings.VAR_DIR / "fonts"
        folder.mkdir(parents=True, exist_ok=True)
        jobs = [(f"BeVietnamPro-{face}.woff2", face, text_face) for face in FACES]
        jobs += [(f"BVPSo-{face}.woff2", face, digit_face) for face in DIGIT_FACES]
        jobs += [(f"PaperSerif-{face}.woff2", face, paper_face) for face in PAPER_FACES]
        for name, face, make in jobs:
            target = folder / name
            if target.exists() and not force:
                continue
            font = make(face)
            font.flavor = "woff2"
            # Written aside first: a half-written font must never be taken for a finished one.
            unfinished = target.with_suffix(".part")
            font.save(unfinished)
            unfinished.replace(target)
            self.stdout.write(f"{name}: {target.stat().st_size // 1000} kB")


def installed_face(face):
    """Open a face of the installed package."""
    return open_font("fontpkg_be_vietnam_pro", f"BeVietnamPro-{face}.ttf")


def open_font(package, name):
    with as_file(files(package).joinpath("files", name)) as path:
        return TTFont(path)


def only(font, characters, features):
    """Cut the font down to these characters."""
    options = subset.Options(layout_features=features, hinting=False, notdef_outline=True)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    return font


def text_face(face):
    return only(installed_face(face), LETTERS, ["kern", "mark", "mkmk", "ccmp", "locl"])


def paper_face(face):
    """A narrow cut of the packaged serif, whose letters are wider than those of Times."""
    family, weight = PAPER_FACES[face]
    font = open_font("fontpkg_noto_serif", f"{family}[wdth,wght].ttf")
    narrow = instantiateVariableFont(font, {"wdth": PAPER_WIDTH, "wght": weight})
    return only(narrow, LETTERS, ["kern", "mark", "mkmk", "ccmp", "locl"])


def digit_face(face):
    """The ten digits, each centred in the same advance; the family has no tabular figures of its own."""
    font = only(installed_face(face), DIGITS, [])
    glyphs, metrics = font["glyf"], font["hmtx"]
    advance = round(DIGIT_ADVANCE * font["head"].unitsPerEm / 1000)
    names, glyph_set = font.getBestCmap(), font.getGlyphSet()
    moved = {}
    for digit in DIGITS:
        glyph = glyphs[names[digit]]
        shift = round((advance - (glyph.xMax - glyph.xMin)) / 2) - glyph.xMin
        pen = TTGlyphPen(None)
        glyph_set[names[digit]].draw(TransformPen(pen, (1, 0, 0, 1, shift, 0)))
        moved[names[digit]] = pen.glyph()
    for name, glyph in moved.items():
        glyphs[name] = glyph
        glyph.recalcBounds(glyphs)
        metrics[name] = (advance, glyph.xMin)
    return font
