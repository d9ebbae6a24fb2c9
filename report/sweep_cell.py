"""One run of a notebook for a sweep, on this machine or on another; its files come back as bytes.

A cell is one recipe at one learning rate, hidden size and seed. A notebook trains by both recipes, so one run of it
serves two cells where two are missing at the same hidden size and seed.
"""

import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from namelib.data import load_names
from namelib.runs import load_results
from report.kernel import ROOT, Kernels
from report.parameters import Notebook, read_notebook
from report.progress import Row
from report.record import fingerprint
from report.run import NotebookError, execute

FOLDER = ROOT / "notebooks"
NETWORKS = {"1_rnn": "RNN", "2_lstm": "LSTM", "3_custom_lstm": "MyLSTM"}
RATES = {"original": "learning_rate", "mini_batch": "mini_batch_learning_rate"}
AXES = (*RATES.values(), "hidden_size", "seed")
# What one recipe alone reads, where a notebook has it, and the least of it: for a run that is made for the other.
ALONE = {
    "original": {"steps": 1},
    "mini_batch": {
        "epochs": 1, "batch_size": 64, "weight_decay": 0.0, "recurrent_dropout": 0.0, "next_letter": 0.0,
        "balance": 0.0,
    },
}  # fmt: skip
MEASURES = ("accuracy", "balanced_accuracy", "loss")


@dataclass(frozen=True)
class Cell:
    """One square of the grid with one seed."""

    notebook: str
    recipe: str
    learning_rate: float
    hidden_size: int
    seed: int
    made_from: str  # the fingerprint of all else, see `made_from`

    def __str__(self) -> str:
        recipe = self.recipe.replace("_", "-")
        size = f"hidden size {self.hidden_size}, seed {self.seed}"
        return f"{self.notebook}, {recipe} recipe, learning rate {self.learning_rate:g}, {size}"


@dataclass
class Run:
    """What came of a run: its files, and for each cell that it was made for a row of the table."""

    cells: tuple[Cell, ...]
    rows: list[dict]  # the fields of the cell, network, status ("ok", "diverged", "failed") and, if ok, the measures
    files: dict[str, bytes]
    seconds: float
    problem: str = ""  # one line

    @property
    def name(self) -> str:
        rates = "-".join(f"{cell.recipe}{cell.learning_rate:g}" for cell in self.cells)
        made_from = "".join(cell.made_from[:6] for cell in self.cells)
        first = self.cells[0]
        return f"{first.notebook}-hidden{first.hidden_size}-seed{first.seed}-{rates}-{made_from}"


def made_from(notebook: Notebook, recipe: str, fixed: dict, data: str) -> str:
    """The fingerprint of all that the recipe's cells are made from, but for the axes of the grid."""
    (other,) = RATES.keys() - {recipe}
    parameters = {k: v for k, v in (notebook.defaults | fixed).items() if k not in (*AXES, *ALONE[other])}
    return fingerprint(notebook, parameters, data, {"recipe": recipe})


def run_cells(cells: tuple[Cell, ...], fixed: dict, kernels: Kernels | None = None) -> list[Run]:
    """Run the notebook for one cell, or for one of each recipe; where two fail together, each by itself.

    `fixed` are its parameters but for the axes. Needs this machine's checkout, names and versions to be those that the
    cells are made from; if not, they fail. Without `kernels` the run has its own.
    """
    notebook = read_notebook(FOLDER / f"{cells[0].notebook}.ipynb")
    data = load_names(fixed.get("data_dir", "")).fingerprint
    if any(cell.made_from != made_from(notebook, cell.recipe, fixed, data) for cell in cells):
        return [failed(cells, "notebook, namelib, names or versions are not those that the sweep began with")]
    with tempfile.TemporaryDirectory(prefix="sweep-", ignore_cleanup_errors=True) as scratch:
        run = _run_once(notebook, cells, fixed, Path(scratch), kernels or Kernels(Path(scratch)))
    if run.problem and len(cells) > 1:
        return [alone for cell in cells for alone in run_cells((cell,), fixed, kernels)]
    return [run]


def failed(cells: tuple[Cell, ...], problem: str) -> Run:
    """A run that brought nothing."""
    return Run(cells, [_row(cell, "failed") for cell in cells], {}, 0.0, problem)


def _run_once(notebook: Notebook, cells: tuple[Cell, ...], fixed: dict, scratch: Path, kernels: Kernels) -> Run:
    rates = {RATES[cell.recipe]: cell.learning_rate for cell in cells}
    unasked = RATES.keys() - {cell.recipe for cell in cells}
    least = {name: value for recipe in unasked for name, value in ALONE[recipe].items()}
    least = {name: value for name, value in least.items() if name in notebook.defaults}
    axes = {"hidden_size": cells[0].hidden_size, "seed": cells[0].seed}
    folder, row = scratch / "run", Row(scratch.name)
    folder.mkdir()
    row.begin(scratch)
    try:
        execute(notebook, fixed | axes | rates | least, folder, row, kernels)
        problem = ""
    except NotebookError as error:
        problem = str(error).partition("; how far it came")[0].replace(f"{folder}/", "")
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    if problem:
        _, diverged, loss = problem.partition(": FloatingPointError: ")
        rows = [_row(cell, "diverged" if diverged else "failed") for cell in cells]
        return Run(cells, rows, files, row.seconds, loss or problem)
    results = load_results(folder)
    rows = [
        _row(cell, "ok")
        | {measure: results["metrics"][cell.recipe][measure] for measure in MEASURES}
        | {"seconds": round(results["history"][cell.recipe]["seconds"], 2)}
        for cell in cells
    ]
    return Run(cells, rows, files, row.seconds)


def _row(cell: Cell, status: str) -> dict:
    return {"network": NETWORKS[cell.notebook], **asdict(cell), "status": status}
