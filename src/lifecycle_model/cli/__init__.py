"""The command line: `lifecycle`. It needs the extra `cli`."""

import sys
from collections.abc import Sequence

MISSING = 'lifecycle: the command line needs its extra: pip install "lifecycle-model[cli]"'


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 fine, 1 the input has faults, 2 wrong usage.

    Args:
        arguments: what stands behind the program's name; the process's own where not given.
    """
    try:
        # Typer and rich are an extra, so they are imported only where they are needed.
        from lifecycle_model.cli.app import run  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"rich", "typer"}:
            raise
        sys.stderr.write(f"{MISSING}\n")
        sys.exit(2)
    run(arguments)
