"""honcho, which stops everything as well when its terminal is closed: `python -m wizard.processes start`."""

from __future__ import annotations

import os
import signal
from typing import Any

from honcho.command import main


def stop(*_: Any) -> None:
    """SIGHUP. The terminal is gone, and nothing can be written to it any more."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    if os.getpid() == started_by:  # honcho's forks hear it too, and end with what they watch
        signal.raise_signal(signal.SIGTERM)


if __name__ == "__main__":
    started_by = os.getpid()
    signal.signal(signal.SIGHUP, stop)
    main()
