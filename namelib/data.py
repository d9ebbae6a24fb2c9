"""Names and their languages: read a folder of lists, split it, turn spellings into numbers."""

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from namelib.spelling import (
    ALPHABET,
    drawable,
    fold,
    normalise,
    printable,
    readable,
    refusal,
    spelling,
)

INDEX = np.array([max(ALPHABET.find(chr(code)), 0) for code in range(128)])  # of each symbol
EMBEDDED_NAMES = Path(__file__).resolve().parents[1] / "data" / "names"
# Sean Robertson, practical-pytorch, MIT licence
TUTORIAL_URL = "https://download.pytorch.org/tutorial/data.zip"
TUTORIAL_SHA256 = "fb317e80248faeb62dc25ef3390ae24ca34b94e276bbc5141fd8862c2200bff5"
SHOWN_SYMBOLS = 40  # symbols of a row in a note
SEPARATORS = re.compile("[,;\t，、；]")
COMMAS = frozenset(",，")
SCRAPED_HEADING = "To The First Page"  # stands 24 times in the tutorial's Russian.txt


class LabError(Exception):
    """An error whose message says it all: a notebook shows this line alone."""

    def _render_traceback_(self) -> list[str]:
        """What IPython prints in place of a traceback."""
        return [f"{type(self).__name__}: {self}"]


class DataError(LabError, ValueError):
    """A data folder that cannot be used; the message names the file and the way out."""


@dataclass(frozen=True)
class Names:
    """Names with their languages.

    `names[k]` belongs to language `languages[labels[k]]`; `notes` says what was changed while
    reading, `left_out` which files have no name that can be read.
    """

    names: list[str]
    labels: np.ndarray  # (len(names),) int64
    languages: list[str]
    notes: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

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


def load_names(data_dir: str | Path | None = None) -> Names:
    """Read a folder of `<Language>.txt` files, one name per line; by default the embedded lists.

    `data_dir="tutorial"` reads the PyTorch tutorial's lists, downloaded once. Names are as
    `normalise` gives them, languages sorted by name. What was changed or dropped while reading is
    printed and kept in `notes`. Raises DataError for a folder that cannot be read, has names of one
    language only, or is not UTF-8.
    """
    if data_dir == "tutorial":
        data_dir = download_tutorial_names()
    folder = Path(data_dir) if data_dir else EMBEDDED_NAMES
    files, passed_over = _list_files(folder)
    names, labels, languages, left_out = list[str](), list[int](), list[str](), list[str]()
    notes = (
        [f"passed over, as no regular .txt file: {', '.join(passed_over)}"] if passed_over else []
    )
    for file in files:
        rows, changes = _read_rows(file)
        for change, lines in changes.items():
            notes.append(
                f"{file.name}: {change}, such as {lines[0]}: "
                f"{len(lines)} row{'s' * (len(lines) > 1)}"
            )
        if not rows:
            left_out.append(file.stem)
            why = (
                "no name in it can be read"
                if changes
                else "it has nothing but blank lines and comments"
            )
            notes.append(f"{file.name}: left out, because {why}")
            continue
        labels += [len(languages)] * len(rows)
        languages.append(drawable(file.stem))
        names += rows
        if languages[-1] != unicodedata.normalize("NFC", file.stem):
            why = "the fonts of the figures lack its script; rename the file to choose another name"
            notes.append(f"{file.name}: called {languages[-1]}, because {why}")
    if len(languages) < max(2, len(files) / 2):
        problem = (
            f"names in {len(languages)} of {len(files)} .txt files" if files else "no .txt file"
        )
        problem += "; at least two <Language>.txt files, and half of all, need names"
        why = next(
            (
                f"; {note}"
                for note in notes
                if passed_over or note.partition(".txt: ")[0] in left_out
            ),
            "",
        )
        raise DataError(f"{printable(folder)}: {problem}{why}")
    if notes:
        # its name alone: a saved notebook shows no home folder
        print(f"{printable(folder.name)}:", *notes, sep="\n  ")
    return Names(names, np.array(labels, dtype=np.int64), languages, tuple(notes), tuple(left_out))


def download_tutorial_names(url: str = TUTORIAL_URL, sha256: str = TUTORIAL_SHA256) -> Path:
    """The folder of the tutorial's lists (20,074 rows), downloaded once.

    Raises DataError where they cannot be had.
    """
    import pooch  # here, because it loads tqdm.auto, which warns in a notebook

    cache, unzip = pooch.os_cache("surname-lab"), pooch.Unzip()
    try:
        files = pooch.retrieve(url, known_hash=sha256, path=cache, processor=unzip)
    except (OSError, ValueError) as error:  # pooch raises ValueError for another checksum
        reason = "the file has changed" if isinstance(error, ValueError) else type(error).__name__
        way_out = (
            "unpack that archive by hand and give its folder data/names in place of 'tutorial'"
        )
        raise DataError(f"{url} could not be downloaded ({reason}); {way_out}") from None
    return next(
        Path(file).parent for file in files if Path(file).parts[-2:] == ("names", "Arabic.txt")
    )


def _list_files(folder: Path) -> tuple[list[Path], list[str]]:
    """The .txt files of a folder by language, and its other visible files, in short.

    Raises DataError.
    """
    try:
        paths = sorted(
            (path for path in folder.iterdir() if path.name[0] != "."), key=lambda path: path.stem
        )
        files = [path for path in paths if path.suffix == ".txt" and path.is_file()]
    except (OSError, ValueError) as error:
        reason = (
            f"{getattr(error, 'strerror', error)}; give a "
            f"folder of <Language>.txt files, one name per line"
        )
        raise DataError(f"{printable(folder)[:100]}: {reason}") from None
    for path in (folder, *files):
        if not path.name.isprintable():
            raise DataError(
                f"{printable(path)}: a symbol in its name that cannot be printed; rename it"
            )
    languages = dict[str, Path]()
    for path in files:
        # é is one symbol or two
        alike = unicodedata.normalize("NFKC", drawable(path.stem)).casefold().strip()
        if not alike:
            raise DataError(f"{printable(path)}: no language in its name; rename it")
        if (other := languages.setdefault(alike, path)) != path:
            names = f"{printable(other)} and {path.name}"
            raise DataError(
                f"{names}: two files of one language, whose names look alike; join them"
            )
    others = [printable(path.name)[:SHOWN_SYMBOLS] for path in paths if path not in files]
    return files, others[:5] + [f"and {len(others) - 5} more"] * (len(others) > 5)


def _read_rows(file: Path) -> tuple[list[str], dict[str, list[str]]]:
    """The usable names of one file, and what was changed or dropped -> its rows."""
    try:
        lines = lines_of_names(file.read_bytes(), printable(file))
    except OSError as error:
        raise DataError(f"{printable(file)}: {error.strerror}") from None
    names, changes = [], defaultdict(list)
    for raw in lines:
        shown, name = f"{raw[:SHOWN_SYMBOLS]!r}", normalise(raw)
        together = sum(map(readable, SEPARATORS.split(raw)))
        before_comma = together == 2 and COMMAS.issuperset(SEPARATORS.findall(raw))
        if problem := refusal(raw):
            changes[f"dropped ({problem})"].append(shown)
        elif together > 1 and not before_comma:
            changes["dropped (several names in a row; give one surname per line)"].append(shown)
        elif name == SCRAPED_HEADING:
            changes["dropped, as a scraped heading"].append(shown)
        else:
            names.append(name)
            kind = "written in the 57 symbols"
            if before_comma:
                kind = "the surname is what stands before the comma"
            elif name.lower() == raw.lower():
                kind = "capitals as in the lists"
            if name != raw:
                changes[kind].append(f"{shown}, read as {name}")
    return names, changes


def lines_of_names(data: bytes, source: str) -> list[str]:
    """The lines of a UTF-8 text that hold a name: not blank, no comment (#).

    Raises DataError for another encoding, a table with a head, or a NUL.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise DataError(f"{source}, line {line}: not UTF-8; save it in UTF-8") from None
    if "\0" in text:
        line = text.partition("\0")[0].count("\n") + 1
        raise DataError(f"{source}, line {line}: a NUL, as in no text; save it in UTF-8")
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    columns = (
        [column.strip(' "').lower() for column in re.split("[,;\t]", lines[0])] if lines else []
    )
    if len(columns) > 1 and not {
        "name",
        "surname",
        "last name",
        "family name",
        "姓名",
        "姓氏",
    }.isdisjoint(columns):
        raise DataError(f"{source}: a table; give one name per line, and one file per language")
    return lines


def languages_by_spelling(data: Names) -> dict[str, list[str]]:
    """Spelling -> the languages whose lists have it."""
    languages = defaultdict(list)
    pairs = {(spelling(name), label) for name, label in zip(data.names, data.labels, strict=True)}
    for key, label in sorted(pairs):
        languages[key].append(data.languages[label])
    return languages


def split_names(data: Names, valid_fraction: float = 0.2, seed: int = 0) -> tuple[Names, Names]:
    """Training and validation names that share no spelling, not even in another language or case.

    Of every language about `valid_fraction` of the spellings are held out; a spelling of several
    languages counts for the first of them. A spelling that a list repeats occurs once in validation
    but stays repeated in training (the tutorial's Arabic list has 2,000 rows of 108 names). The
    same seed gives the same split on every machine.
    """
    if not 0 < valid_fraction < 1:
        raise ValueError(f"valid_fraction={valid_fraction}: must lie between 0 and 1")
    if seed < 0:
        raise ValueError(f"seed={seed}: must be 0 or more")
    spellings = [spelling(name) for name in data.names]
    of_language: dict[int, set[str]] = {label: set() for label in range(len(data.languages))}
    # the first language wins
    counts_for = dict(zip(reversed(spellings), reversed(data.labels.tolist()), strict=True))
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
        raise DataError(
            "too few different spellings to split: at least two of one language are needed"
        )
    # the first of repeats
    once = {(spellings[row], data.labels[row]): row for row in np.flatnonzero(is_valid)[::-1]}
    return data[np.flatnonzero(~is_valid)], data[sorted(once.values())]


def encode(names: Sequence[str]) -> tuple[torch.Tensor, torch.Tensor]:
    """Spellings as symbol indices: `letters` (batch, time), padded with 0, and `lengths` (batch,).

    Every name is folded, but not normalised, first; a length can be 0 (time is at least 1).
    """
    if isinstance(names, str):
        raise TypeError(f"names={names!r}: expected a list of names, such as [{names!r}]")
    names = list(map(fold, names))
    lengths = np.fromiter(map(len, names), np.int64, len(names))
    codes = np.frombuffer("".join(names).encode(), np.uint8)
    letters = np.zeros((len(names), max([1, *lengths])), np.int64)
    letters[np.arange(letters.shape[1]) < lengths[:, None]] = INDEX[codes]
    return torch.from_numpy(letters), torch.from_numpy(lengths)
