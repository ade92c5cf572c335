"""Makes the page's fonts: Vietnamese and Latin only, without hinting, with figures of one width; takes two folders."""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

from fontTools import subset
from fontTools.otlLib.builder import buildLookup, buildSingleSubstSubtable
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables import otTables

WEIGHTS = {"400": "400Regular/BeVietnamPro_400Regular.ttf", "700": "700Bold/BeVietnamPro_700Bold.ttf"}
FIGURES = "zero one two three four five six seven eight nine".split()
FEATURES = ["ccmp", "locl", "kern", "mark", "mkmk", "tnum"]

ASCII = range(0x20, 0x7F)
LATIN_1 = range(0xA0, 0x100)  # names of foreigners, « », °, §
VIETNAMESE = [*(ord(sign) for sign in "ĂăĐđĨĩŨũƠơƯư"), *range(0x1EA0, 0x1EFA)]
HIGHLAND = [ord(sign) for sign in "ČčĔĕĬĭŎŏŬŭ"]  # Ede, Jarai, Bahnar and K'ho names
MARKS = [0x300, 0x301, 0x302, 0x303, 0x306, 0x309, 0x323, 0x31B]
SIGNS = [ord(sign) for sign in "–—‘’“”•…‹›₫€−≤≥"]
KEPT = [*ASCII, *LATIN_1, *VIETNAMESE, *HIGHLAND, *MARKS, *SIGNS]


def add_figures_of_one_width(font: TTFont) -> None:
    """The face has none: each is the common figure, centred in a box as wide as the zero, chosen by `tnum`."""
    widths = font["hmtx"]
    box = widths["zero"][0]
    for figure in FIGURES:
        pen = TTGlyphPen(font.getGlyphSet())
        pen.addComponent(figure, (1, 0, 0, 1, round((box - widths[figure][0]) / 2), 0))
        copy = pen.glyph()
        font["glyf"][f"{figure}.tnum"] = copy
        copy.recalcBounds(font["glyf"])
        widths[f"{figure}.tnum"] = (box, copy.xMin)
    add_substitution(font, "tnum", {figure: f"{figure}.tnum" for figure in FIGURES})


def add_substitution(font: TTFont, tag: str, mapping: dict[str, str]) -> None:
    """One more feature in every language of the face."""
    table = font["GSUB"].table
    table.LookupList.Lookup.append(buildLookup([buildSingleSubstSubtable(mapping)]))
    record = otTables.FeatureRecord()
    record.FeatureTag, record.Feature = tag, otTables.Feature()
    record.Feature.FeatureParams = None
    record.Feature.LookupListIndex = [len(table.LookupList.Lookup) - 1]
    table.FeatureList.FeatureRecord.append(record)
    index = len(table.FeatureList.FeatureRecord) - 1
    for script in table.ScriptList.ScriptRecord:
        systems = [script.Script.DefaultLangSys, *(item.LangSys for item in script.Script.LangSysRecord)]
        for system in filter(None, systems):
            system.FeatureIndex.append(index)


def make(source: Path, target: Path) -> None:
    """One weight, from the whole face to the smallest woff2 that still writes every name."""
    font = TTFont(source, recalcTimestamp=False)
    options = subset.Options()
    options.layout_features = FEATURES
    options.hinting = False
    options.flavor = "woff2"
    options.name_IDs = [0, 1, 2, 13, 14]
    options.drop_tables += ["gasp", "DSIG"]
    add_figures_of_one_width(font)
    font = written_and_read(font)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=KEPT)
    cutter.subset(font)
    font.flavor = "woff2"
    font.save(target)


def written_and_read(font: TTFont) -> TTFont:
    """The same font with the counts of its tables in place: the cutter drops what is not counted."""
    written = BytesIO()
    font.save(written)
    written.seek(0)
    return TTFont(written, recalcTimestamp=False)


if __name__ == "__main__":
    family, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    for weight, path in WEIGHTS.items():
        make(family / path, out / f"be-vietnam-pro-{weight}.woff2")
