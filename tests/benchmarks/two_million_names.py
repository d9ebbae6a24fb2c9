"""Row `scale`: two million names, the embedded lists with a letter or two changed, each run in a process of its own."""

import json
import subprocess
import sys
import tempfile
from math import log
from pathlib import Path

import numpy as np

from benchmarks.machine import Machine
from benchmarks.measuring import Goal, Line, Setting
from benchmarks.profiling import limit_of_text
from namelib import ALPHABET, Names, encode, load_names

ROOT = Path(__file__).resolve().parents[1]
SIZES = (20_000, 2_000_000)


def measure(setting: Setting, machine: Machine) -> dict:
    """Load and encode several times, each in a fresh process; the last one also reads for an epoch.

    The epochs of the small lists are timed half before and half after that of the large ones.
    """
    sizes = setting.choose(SIZES, (200, 800))
    with tempfile.TemporaryDirectory() as folder:
        small, large = (Path(folder, str(size)) for size in sizes)
        for lists, size in zip((small, large), sizes, strict=True):
            write_perturbed(lists, load_names(), size)
        runs = [load_and_read(large) for _ in range(setting.choose(2, 0))]
        before = load_and_read(small, epochs=3)["epochs"]
        runs.append(load_and_read(large, epochs=1))
        after = load_and_read(small, epochs=3)["epochs"] if not setting.quick else []
        touched = sum(file.stat().st_size for file in small.iterdir())
        work = lambda: encode(load_names(small).names)  # noqa: E731
        limits = [limit_of_text("load and encode", work, touched, machine, setting)]
    epochs, epoch = before + after, runs[-1]["epochs"][0]
    exponents = [log(epoch / seconds) / log(sizes[1] / sizes[0]) for seconds in epochs]
    curve = {"names": list(sizes), "seconds": [epochs, [epoch]]}
    most = Goal("value", at_most=1.5)
    lines = [
        Line("load and encode", "s", {"ours": [run["seconds"] for run in runs]}, goal=Goal("value", at_most=10.0)),
        Line("peak memory · load and encode", "GB", {"ours": [run["peak"] for run in runs]}, goal=most),
        Line("peak memory · with an epoch", "GB", {"ours": [runs[-1]["peak_of_all"]]}, goal=most),
        Line("MyLSTM 32 · an epoch", "s", {"ours": [epoch]}, extra=curve),
        Line("MyLSTM 32 · exponent of an epoch's time", "", {"ours": exponents}, goal=Goal("value", at_most=1.05)),
    ]
    return {"lines": lines, "limits": limits}


def write_perturbed(folder: Path, data: Names, size: int, seed: int = 0) -> None:
    """Lists of `size` names in all: drawn from the data, and twice a letter of each replaced by a random small one."""
    rng = np.random.default_rng(seed)
    rows = rng.integers(len(data), size=size)
    symbols, lengths = (tensor.numpy() for tensor in encode([data.names[row] for row in rows]))
    every = np.arange(size)
    for _ in range(2):
        place = rng.integers(lengths)
        is_letter = symbols[every, place] < 52  # spaces and the like stay
        symbols[every[is_letter], place[is_letter]] = rng.integers(26, size=is_letter.sum())
    texts = np.array(list(ALPHABET))[symbols].view(f"U{symbols.shape[1]}").ravel()  # one text a row, padding included
    labels = data.labels[rows]
    folder.mkdir()
    for label, language in enumerate(data.languages):
        own = np.flatnonzero(labels == label)
        names = [text[:length] for text, length in zip(texts[own].tolist(), lengths[own].tolist(), strict=True)]
        (folder / f"{language}.txt").write_text("\n".join(names) + "\n", encoding="utf-8")


def load_and_read(folder: Path, epochs: int = 0) -> dict:
    """What `benchmarks.load_and_read` measures on the folder in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.load_and_read", str(folder), str(epochs)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])
