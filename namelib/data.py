"""Names and their languages: read a folder of lists, split it by spelling, turn spellings into numbers."""

import hashlib
import string
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

ALPHABET = string.ascii_letters + " .,;'"  # the 57 symbols of the course
INDEX = {symbol: index for index, symbol in enumerate(ALPHABET)}
EMBEDDED_NAMES = Path(__file__).resolve().parents[1] / "data" / "names"
TUTORIAL_URL = "https://download.pytorch.org/tutorial/data.zip"  # Sean Robertson, practical-pytorch, MIT licence
TUTORIAL_SHA256 = "fb317e80248faeb62dc25ef3390ae24ca34b94e276bbc5141fd8862c2200bff5"
SCRAPED_HEADING = "To The First Page"  # stands 24 times in the tutorial's Russian.txt

# Letters that Unicode does not decompose into a base letter and an accent.
UNDECOMPOSED = str.maketrans(
    {"ł": "l", "Ł": "L", "ß": "ss", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "đ": "d", "Đ": "D",
     "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i", "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'",
     "-": " ", "–": " ", "\u2010": " ", "\u2011": " "}
)  # fmt: skip


class DataError(ValueError):
    """A data folder that cannot be used; the message names the file and the way out."""


@dataclass(frozen=True)
class Names:
    """Names with their languages.

    `names[k]` is written in language `languages[labels[k]]`; `notes` says what was changed while reading.
    """

    names: list[str]
    labels: np.ndarray  # (len(names),) int64
    languages: list[str]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, rows: Sequence[int] | np.ndarray | slice) -> "Names":
        """The given rows (indices, a slice or a mask), with the same languages."""
        rows = np.arange(len(self))[rows]
        return Names([self.names[row] for row in rows], self.labels[rows], self.languages)

    @property
    def counts(self) -> np.ndarray:
        """Rows per language, (len(languages),) int64."""
        return np.bincount(self.labels, minlength=len(self.languages))

    @property
    def fingerprint(self) -> str:
        """SHA-256 of every row in order: equal fingerprints, equal data."""
        digest = hashlib.sha256("\n".join(self.languages).encode())
        digest.update("\n".join(self.names).encode() + self.labels.tobytes())
        return digest.hexdigest()


def normalise(name: str) -> str:
    """The name in the 57 symbols: accents folded, hyphens to spaces, every other symbol dropped."""
    decomposed = unicodedata.normalize("NFD", name).translate(UNDECOMPOSED)
    return " ".join("".join(symbol if symbol in ALPHABET else " " * symbol.isspace() for symbol in decomposed).split())


def readable(name: str) -> bool:
    """Is there a letter in the name that the networks know? Signs and spaces alone are no name."""
    return any(map(str.isalpha, normalise(name)))


def spelling(name: str) -> str:
    """What makes two names the same for a split: the normalised name, ignoring case."""
    return normalise(name).lower()


def load_names(data_dir: str | Path | None = None) -> Names:
    """Read a folder of `<Language>.txt` files, one name a line; without a folder, the embedded lists.

    `data_dir="tutorial"` reads the PyTorch tutorial's lists, downloaded once. Languages are sorted by name. What was
    changed or dropped while reading is printed and kept in `notes`.
    Raises DataError for a folder that is missing, empty, of one language only, or not UTF-8.
    """
    if data_dir == "tutorial":
        data_dir = download_tutorial_names()
    folder = Path(data_dir) if data_dir else EMBEDDED_NAMES
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder; give a folder of <Language>.txt files, one name a line")
    files = sorted(filter(Path.is_file, folder.glob("*.txt")), key=lambda file: file.stem)
    names, labels, languages, notes = list[str](), list[int](), list[str](), list[str]()
    for file in files:
        rows, changes = _read_rows(file)
        notes += [f"{file.name}: {change}: {count} row{'s' * (count > 1)}" for change, count in changes.items()]
        if not rows:
            notes.append(f"{file.name}: left out, because it has no name in the alphabet")
            continue
        labels += [len(languages)] * len(rows)
        languages.append(file.stem)
        names += rows
    if len(languages) < 2:
        found = f"only {languages[0]}.txt" if languages else f"no name in {len(files)} .txt files"
        raise DataError(f"{folder}: {found}; at least two <Language>.txt files with names are needed")
    if notes:
        print(f"{folder.name}:", *notes, sep="\n  ")  # its name alone: a saved notebook shows no home folder
    return Names(names, np.array(labels, dtype=np.int64), languages, tuple(notes))


def download_tutorial_names() -> Path:
    """The folder of the tutorial's lists (20,074 rows), downloaded once. Raises DataError where they cannot be had."""
    import pooch  # here, because it loads tqdm.auto, which warns in a notebook

    cache, unzip = pooch.os_cache("surname-lab"), pooch.Unzip()
    try:
        files = pooch.retrieve(TUTORIAL_URL, known_hash=TUTORIAL_SHA256, path=cache, processor=unzip)
    except (OSError, ValueError) as error:  # pooch raises ValueError for another checksum
        reason = "another file stands there" if isinstance(error, ValueError) else type(error).__name__
        way_out = "unpack that archive by hand and give its folder data/names in place of 'tutorial'"
        raise DataError(f"{TUTORIAL_URL} could not be downloaded ({reason}); {way_out}") from None
    return next(Path(file).parent for file in files if Path(file).parts[-2:] == ("names", "Arabic.txt"))


def _read_rows(file: Path) -> tuple[list[str], Counter[str]]:
    """The usable names of one file, and what was changed or dropped -> in how many rows."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = file.read_bytes()[: error.start].count(b"\n") + 1
        raise DataError(f"{file}, line {line}: not UTF-8; save the file in UTF-8") from None
    rows, changes = [], Counter[str]()
    for raw in filter(None, map(str.strip, text.splitlines())):
        name = normalise(raw)
        if name == SCRAPED_HEADING:
            changes[f"dropped '{SCRAPED_HEADING}', a scraped heading and no name"] += 1
        elif not readable(name):
            changes["dropped, because no letter of the alphabet is in it"] += 1
        else:
            rows.append(name)
            changes["accents folded or symbols outside the alphabet removed"] += name != raw
    return rows, +changes


def split_names(data: Names, valid_fraction: float = 0.2, seed: int = 0) -> tuple[Names, Names]:
    """Training and validation names that share no spelling, not even across languages or in another case.

    Of every language about `valid_fraction` of the spellings are held out; a spelling of several languages counts for
    the first of them. A spelling that a list repeats stands once in validation, and stays repeated in training (the
    tutorial's Arabic list has 2,000 rows of 108 names). The same seed gives the same split on every machine.
    """
    if not 0 < valid_fraction < 1:
        raise ValueError(f"valid_fraction={valid_fraction}: must lie between 0 and 1")
    if seed < 0:
        raise ValueError(f"seed={seed}: 0 or more")
    spellings = [spelling(name) for name in data.names]
    of_language: dict[int, set[str]] = {label: set() for label in range(len(data.languages))}
    counts_for = dict(zip(reversed(spellings), reversed(data.labels.tolist()), strict=True))  # the first language wins
    for key, label in counts_for.items():
        of_language[label].add(key)
    held_out: set[str] = set()
    generator = np.random.default_rng(seed)
    for keys in map(sorted, of_language.values()):
        if len(keys) >= 2:
            count = min(max(round(valid_fraction * len(keys)), 1), len(keys) - 1)
            held_out.update(keys[k] for k in generator.permutation(len(keys))[:count])
    is_valid = np.array([key in held_out for key in spellings])
    if is_valid.all() or not is_valid.any():
        raise DataError("too few different spellings to split: at least two of one language are needed")
    once = {(spellings[row], data.labels[row]): row for row in np.flatnonzero(is_valid)[::-1]}  # the first of repeats
    return data[np.flatnonzero(~is_valid)], data[sorted(once.values())]


def encode(names: Sequence[str]) -> tuple[torch.Tensor, torch.Tensor]:
    """Spellings as symbol indices: `(letters, lengths)`, int64 `(batch, time)` padded with 0 and int64 `(batch,)`.

    Every name is normalised first, so a length can be 0 (time is at least 1).
    """
    if isinstance(names, str):
        raise TypeError(f"names={names!r}: a list of names is wanted, as in [{names!r}]")
    names = [normalise(name) for name in names]
    longest = max([1, *map(len, names)])
    rows = [[INDEX[symbol] for symbol in name] + [0] * (longest - len(name)) for name in names]
    letters = torch.tensor(rows, dtype=torch.int64).view(len(names), longest)
    return letters, torch.tensor([len(name) for name in names], dtype=torch.int64)
