"""benchmarks/profiling.py and machine.py: what limits a row, and the rates it is held against."""

import pytest
import torch
from benchmark_setting import MACHINE, QUICK
from torch import nn

from benchmarks import (
    machine,
    profiling,
)

pytestmark = pytest.mark.usefixtures("one_thread")


def test_counted_arithmetic_is_that_of_the_matrix_products():
    a, b = torch.rand(3, 5), torch.rand(5, 7)
    assert profiling.count(lambda: a @ b).flops == 2 * 3 * 5 * 7
    assert profiling.count(lambda: torch.zeros(3, 7).addmm_(a, b)).flops == 2 * 3 * 5 * 7
    time, batch, size, hidden = 4, 3, 5, 8
    x = torch.rand(time, batch, size)
    lstm = nn.LSTM(size, hidden, 2)
    steps, letters, recurrent = 2 * time * batch, 4 * hidden * size, 4 * hidden * hidden
    assert profiling.count(lambda: lstm(x)).flops == steps * (letters + 3 * recurrent)
    both = profiling.count(lambda: lstm(x)[0].sum().backward()).flops
    assert both == steps * (2 * letters + 9 * recurrent), "nobody needs the gradient of the letters"


def test_a_tensor_written_in_place_is_touched_once():
    a, b = torch.rand(100), torch.rand(100)
    assert profiling.count(lambda: torch.mul(a, b)).bytes == 3 * 400
    assert profiling.count(lambda: torch.mul(a, b, out=torch.empty(100))).bytes == 3 * 400 + 400, "and made empty"


def test_what_limits_is_the_largest_share_of_the_time(clock):
    def work(size: int, seconds: float):
        a, waits = torch.rand(size, size), clock.takes(seconds)
        return lambda: (waits(), a @ a)

    limit = profiling.limit("x", work(512, 1.0), work(1, 0.2), 1, MACHINE, QUICK)
    assert limit["shares"]["overhead"] == pytest.approx(0.2) and limit["by"] == "products"
    assert limit["shares"]["products"] == pytest.approx(0.8, abs=0.05)
    assert limit["shares"]["at_rate"] == pytest.approx(2 * 512**3 / MACHINE.products)
    assert limit["shares"]["copying"] == pytest.approx(3 * 4 * 512**2 / MACHINE.copying)
    assert limit["operations"] == 1 and "mm" in limit["longest"]
    assert profiling.limit("x", work(512, 1.0), work(1, 0.9), 1, MACHINE, QUICK)["by"] == "overhead"
    a, waits = torch.rand(2**20), clock.takes(0.01)
    assert profiling.limit("x", lambda: (waits(), a + a), clock.takes(0.001), 1, MACHINE, QUICK)["by"] == "memory"
    text = profiling.limit_of_text("x", lambda: (waits(), sorted("text")), 10**6, MACHINE, QUICK)
    assert text["by"] == "text" and text["shares"] == {"copying": pytest.approx(0.1)}


def test_rates_are_amounts_over_seconds(monkeypatch, clock):
    monkeypatch.setattr(machine.torch, "mm", clock.takes(1.0))
    monkeypatch.setattr(machine.F, "linear", clock.takes(0.5))
    assert machine.mm_rate(64, 64, 64)() == pytest.approx(2 * 64**3)
    assert machine.best_rate(QUICK)() == pytest.approx(2 * 64**3 / 0.5)
