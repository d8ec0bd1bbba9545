"""Executes notebooks one after the other in one kernel, emptied between two, into a folder.

    python tests/run_notebooks.py OUT NOTEBOOK…

A process of its own: the engine is loaded once, and the kernel's sockets end with it. A cell that
fails stays in its output as an error, for the tests to tell.
"""

import sys
from pathlib import Path

import nbformat
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient

_PATIENCE_SECONDS = 300
"""A cell that takes longer hangs; nothing is measured."""


def main(out: Path, paths: list[Path]) -> None:
    """Write each executed notebook to `out` under its own name."""
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel()
    try:
        for path in paths:
            notebook = nbformat.read(path, as_version=4)
            notebook.cells.insert(0, nbformat.v4.new_code_cell("%reset -f"))
            NotebookClient(
                notebook, km=manager, timeout=_PATIENCE_SECONDS, allow_errors=True
            ).execute()
            nbformat.write(notebook, out / path.name)
    finally:
        manager.shutdown_kernel(now=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(argument) for argument in sys.argv[2:]])
