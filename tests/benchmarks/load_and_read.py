"""Load a folder of names, encode them, train on them: seconds and peak memory of this process, as JSON.

`python -m benchmarks.load_and_read FOLDER EPOCHS`; nothing but namelib is imported, so that nothing else is weighed.
"""

import json
import resource
import sys
from pathlib import Path
from time import perf_counter

from namelib import MiniBatch, MyLSTM, encode, fit, load_names


def peak_memory() -> float:
    """The most memory that this process has held, in GB.

    On Linux the kernel's own mark of it: getrusage there also counts what the parent held before this program began.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024 / 1e9
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most * (1 if sys.platform == "darwin" else 1024) / 1e9


def main(folder: str, epochs: int) -> dict:
    start = perf_counter()
    data = load_names(folder)
    letters, _ = encode(data.names)
    measured = {"names": len(letters), "seconds": perf_counter() - start, "peak": peak_memory()}
    del letters
    model, epoch = MyLSTM(output_size=len(data.languages)), MiniBatch(epochs=1)
    if epochs:
        fit(model, data[:64], data[:1], epoch)  # torch loads parts of itself in the first one
    measured["epochs"] = [fit(model, data, data[:1], epoch).seconds for _ in range(epochs)]
    return measured | {"peak_of_all": peak_memory()}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]))))
