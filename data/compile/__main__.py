"""Rebuild the embedded lists: `python data/compile OUTDIR` writes OUTDIR/<Language>.txt.

The result is compared with data/SHA256SUMS; where a list differs the exit status is 1. Every step
is deterministic.
"""

import hashlib
import sys
from pathlib import Path

from cleaning import merge
from recipes import WITH_SHORT_NAMES, recipes
from sources import REQUIREMENTS, missing_packages

SHA256SUMS = Path(__file__).resolve().parents[1] / "SHA256SUMS"


def build(folder: Path) -> dict[str, str]:
    """Write the 18 lists into the folder; file name -> SHA-256 of what was written."""
    folder.mkdir(parents=True, exist_ok=True)
    checksums = {}
    for language, tiers in recipes().items():
        shortest = 2 if language in WITH_SHORT_NAMES else 3
        names = sorted(name for name in merge(tiers) if len(name) >= shortest)
        content = "".join(f"{name}\n" for name in names).encode("ascii")
        file = folder / f"{language}.txt"
        file.write_bytes(content)
        checksums[file.name] = hashlib.sha256(content).hexdigest()
        print(f"{file.name:15} {len(names):5} names")
    return checksums


def main(arguments: list[str]) -> str | int:
    """Exit status, or the one line that says what is wrong."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        return "usage: python data/compile OUTDIR"
    missing = missing_packages()
    if missing:
        return f"not installed: {', '.join(missing)}; run: pip install --no-deps -r {REQUIREMENTS}"
    checksums = build(Path(arguments[0]))
    expected = dict(
        line.split()[::-1] for line in SHA256SUMS.read_text(encoding="ascii").splitlines()
    )
    different = sorted(file for file, _ in checksums.items() ^ expected.items())
    if different:
        return f"not as in {SHA256SUMS}: {', '.join(dict.fromkeys(different))}"
    print(f"all {len(checksums)} lists as in {SHA256SUMS}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
