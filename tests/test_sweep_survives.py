"""report/sweep.py: a sweep that is ended, or loses a worker of a cluster, loses nothing and runs nothing twice."""

import json
import os
import signal
import threading
from collections import Counter

import pytest
from test_run import wait_until_gone
from tiny_sweep import GRID, TINY, python, started, table, tiny_lab, wait_for

lab = pytest.fixture(tiny_lab)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_what_is_ended_in_the_middle_goes_on_with_what_is_missing(lab, how):
    grid = [*GRID, "-g", "seed", "3,7"]
    process = python(
        "-c",
        TINY + "from report import sweep; sweep.console()",
        lab.folder / "notebooks",
        *grid,
        *lab.words,
        "--jobs",
        "1",
    )
    wait_for(lambda: len(started(lab.folder)) == 3)
    process.send_signal(how)
    assert process.wait(20) == (130 if how == signal.SIGTERM else -signal.SIGKILL)
    before = started(lab.folder)
    assert [start[3] for start in before] == [3, 3, 7] and wait_until_gone(before[-1][4])
    assert not (lab.out / "sweep.csv").exists()
    (lab.folder / "go").touch()
    result = lab(*grid)
    assert result.exit_code == 0 and "8 cells, 4 of them finished before" in result.output
    assert [start[3] for start in lab.log] == [7, 7]
    rows = table(lab)
    assert len(rows) == 8 and not rows.duplicated(["recipe", "learning_rate", "seed"]).any()
    assert set(rows["status"]) == {"ok"}


def test_on_a_cluster_a_lost_worker_loses_nothing_and_nothing_counts_twice(lab):
    file = lab.folder / "scheduler.json"
    quiet = ("--no-dashboard", "--scheduler-file", file)
    worker = ("-c", TINY + "from distributed.cli.dask_worker import main; main()", lab.folder / "notebooks")
    own = ("--no-nanny", "--nthreads", "1", "--local-directory", lab.folder / "dask")
    cluster = [python("-m", "distributed.cli.dask_scheduler", *quiet, "--host", "127.0.0.1", "--port", "0")]
    cluster += [python(*worker, *quiet, *own) for _ in range(2)]

    def kill_the_one_that_waits():
        wait_for(lambda: any(start[3] == 7 for start in started(lab.folder)))
        (lost,) = {start[5] for start in started(lab.folder) if start[3] == 7}
        before = {start[3] for start in started(lab.folder) if start[5] == lost} - {7}
        # A result that is not yet fetched would be lost with its worker, and made again.
        wait_for(lambda: all(any((lab.out / "runs").glob(f"[!.]*-seed{seed}-*")) for seed in before))
        os.kill(lost, signal.SIGKILL)
        (lab.folder / "go").touch()

    killer = threading.Thread(target=kill_the_one_that_waits)
    try:
        wait_for(file.exists)
        killer.start()
        grid = ["rnn", "-g", "learning_rate", "0.1", "-g", "mini_batch_learning_rate", "0.2", "-g", "hidden_size", "8"]
        result = lab(*grid, "-g", "seed", "0,1,7,2,3", "--scheduler", json.loads(file.read_text())["address"])
        killer.join()
        assert sorted(process.poll() is None for process in cluster) == [False, True, True]
    finally:
        for process in cluster:
            process.kill()
            process.communicate()
    assert result.exit_code == 0, result.output
    rows = table(lab)
    assert len(rows) == 10 and set(rows["status"]) == {"ok"}
    assert not rows.duplicated(["recipe", "seed"]).any()
    assert Counter(start[3] for start in lab.log) == {0: 1, 1: 1, 2: 1, 3: 1, 7: 2}
    assert len({start[5] for start in lab.log}) == 2  # both workers took part
    assert len(list((lab.out / "runs").glob("[!.]*"))) == 5
