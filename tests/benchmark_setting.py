"""The setting and the machine that the benchmarks' tests measure with, and a row as the JSON keeps it."""

from benchmarks import record
from benchmarks.machine import Machine
from benchmarks.measuring import Setting

QUICK = Setting(repeats=2, quick=True)
MACHINE = Machine(products=1e9, copying=1e9, memory=1e9)


def row(records: list[dict], **changes) -> dict:
    """A row as results.json keeps it."""
    return record.row_record({"lines": [], "limits": []}, 1.0, MACHINE, QUICK) | {"lines": records} | changes
