"""Kernels that run the current Python quietly and can be stopped immediately."""

import asyncio
import os
from pathlib import Path

import zmq
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager

from namelib.progress import FILE_VARIABLE
from namelib.runs import ROOT

LONGEST_SOCKET_PATH = 90  # bytes; the system's limit is about 104
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)


class ThisInterpreter(KernelSpecManager):
    """Maps every kernel name to the Python that runs the report, whatever is installed."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(**get_kernel_dict())


class Kernels:
    """The running kernels of one report, each with its environment and log; stopped together."""

    def __init__(self, scratch: Path, root: Path = ROOT, longest: int = LONGEST_SOCKET_PATH):
        self.scratch, self.root, self.longest = scratch, root, longest
        self.ended = False
        self._managers: list[AsyncKernelManager] = []

    def manager_class(self, name: str, log: Path, progress: Path) -> type[AsyncKernelManager]:
        """A kernel manager for the notebook `name`; the kernel's terminal output goes to `log`.

        Sockets are files in the scratch folder, so that parallel runs cannot take each other's
        ports; if the paths are too long for the system, encrypted TCP is used instead.
        """
        connection = self.scratch / f"{name}.json"
        ipc = zmq.has("ipc") and len(os.fsencode(connection)) < self.longest
        path = os.pathsep.join(filter(None, (str(self.root), os.environ.get("PYTHONPATH"))))
        # A user's own settings of IPython and matplotlib change nothing.
        plain = self.scratch / "matplotlibrc"
        plain.touch()
        settings = {"IPYTHONDIR": str(self.scratch / "ipython"), "MATPLOTLIBRC": str(plain)}
        settings |= {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
        environment = (
            os.environ | ONE_THREAD | settings | {"PYTHONPATH": path, FILE_VARIABLE: str(progress)}
        )
        kernels = self

        class LabKernelManager(AsyncKernelManager):
            def __init__(self, **traits):
                super().__init__(
                    kernel_spec_manager=ThisInterpreter(),
                    connection_file=str(connection),
                    transport="ipc" if ipc else "tcp",
                    transport_encryption="disabled" if ipc else "auto",
                    **traits,
                )

            async def start_kernel(self, **options) -> None:
                with log.open("w") as terminal:
                    await super().start_kernel(
                        env=environment, stdout=terminal, stderr=terminal, **options
                    )
                kernels._managers.append(self)
                if kernels.ended:
                    await self.provisioner.kill()

            async def _async_interrupt_kernel(self) -> None:
                # jupyter_client begins every shutdown with an interrupt; one that meets a kernel at
                # the end of its last cell leaves an error in the log. Ours have nothing left to do
                # by then.
                if not self.shutting_down:
                    await super()._async_interrupt_kernel()

        return LabKernelManager

    def end(self) -> None:
        """Stop every kernel and its child processes, including kernels that are just starting."""
        self.ended = True
        for manager in self._managers:
            if manager.has_kernel:
                asyncio.run(manager.provisioner.kill())
