"""Make the fonts of this folder: `python notebooks/fonts/reduce.py FOLDER`.

FOLDER holds what these packages contain, unpacked: Debian's fonts-noto-cjk and unicode-data (of
Debian 12), and npm's @fontsource/stix-two-math 5.3.0.
"""

import bz2
import re
import shutil
import sys
from hashlib import sha256
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

HERE = Path(__file__).parent
SIMPLIFIED = 2  # the index of Noto Sans CJK SC in the collection of all regions
SOURCES = {
    "NotoSansCJK-Regular.ttc": "b76b0433203017ca80401b2ee0dd69350349871c4b19d504c34dbdd80541690a",
    "NotoSansCJK-Bold.ttc": "faa5f3656a78b2e2d450d27fe8382c778bc2b6bb5ea29c986664a6a435056ceb",
    "stix-*-normal.woff": "794b8382140b9a061229bcdb5f3786c00e0bad91376d060fa1565184c90bf7c4",
    "LICENSE": "0c8b99c034064cbb3c8ad9ba4531b89e179645b93d612da3e8be1cc52b393e58",
    "Unihan_Other*.bz2": "bdeef44d75d914e793b7f27ddc3bee01b2d11dd34f4e52de1a9fba74a1612dc2",
    "Unihan_Variants*.bz2": "42f42d18fe0368ca8dfb76d91bb2612b4bb34fe7960a4aa770687c0bf48a0cce",
}
# Scripts of which no character is kept: Hangul, and Han but for those of `han`.
LEFT_OUT = re.compile(
    "[\u1100-\u11ff\u3130-\u318f\u3200-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff"
    "\U00020000-\U0003ffff]"
)


def main(folder: Path) -> None:
    """Write the fonts, their licences and SHA256SUMS."""
    sources = {name: source(folder, name) for name in SOURCES}
    kept = han(sources)
    terms = sources["LICENSE"].read_text("utf-8")
    terms = terms[terms.index("This Font Software is licensed") :]
    for weight in ("Regular", "Bold"):
        collection = sources[f"NotoSansCJK-{weight}.ttc"]
        font = TTFont(collection, fontNumber=SIMPLIFIED, recalcTimestamp=False)
        rights = font["name"].getDebugName(0)
        # kerning, the widths of Chinese marks, and Latin ones for curly quotes
        features = ["kern", "halt", "palt", "pwid"]
        options = subset.Options(hinting=False, layout_features=features)
        subsetter = subset.Subsetter(options)
        letters = {code for code in font.getBestCmap() if not LEFT_OUT.match(chr(code))}
        subsetter.populate(unicodes=letters | kept)
        subsetter.subset(font)
        font.save(HERE / f"NotoSansCJKsc-{weight}.otf")
    (HERE / "NotoSansCJKsc-OFL.txt").write_text(f"{rights}\n\n{terms}", "utf-8")
    shutil.copy(sources["stix-*-normal.woff"], HERE / "STIXTwoMath-Regular.woff")
    shutil.copy(sources["LICENSE"], HERE / "STIXTwoMath-OFL.txt")
    sums = [
        f"{sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in sorted(HERE.glob("*-*"))
    ]
    (HERE / "SHA256SUMS").write_text("".join(sums), "utf-8")


def source(folder: Path, name: str) -> Path:
    """The file of that name, checked."""
    for path in folder.rglob(name):
        if sha256(path.read_bytes()).hexdigest() == SOURCES[name]:
            return path
    raise SystemExit(f"{folder} has no {name} of the version that is expected")


def han(sources: dict[str, Path]) -> set[int]:
    """The Table of General Standard Chinese Characters, GB 2312, JIS X 0208, traditional forms."""
    mappings = bz2.decompress(sources["Unihan_Other*.bz2"].read_bytes()).decode()
    variants = bz2.decompress(sources["Unihan_Variants*.bz2"].read_bytes()).decode()
    standard = {int(code, 16) for code in re.findall(r"U\+(\w+)\tk(?:TGH|GB0|Jis0)\t", mappings)}
    pairs = re.findall(r"U\+(\w+)\tkTraditionalVariant\t(.+)", variants)
    forms = [re.findall(r"U\+(\w+)", to) for code, to in pairs if int(code, 16) in standard]
    return standard | {int(form, 16) for of_character in forms for form in of_character}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
