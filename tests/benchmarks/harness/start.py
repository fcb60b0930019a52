"""What `import lifecycle_model` costs in a fresh process that has pydantic and transitions."""

import os
import subprocess
import sys
from typing import Final

_PROGRAM: Final = """
from time import perf_counter
start = perf_counter()
import pydantic, transitions
if {in_use}:
    class Used(pydantic.BaseModel):
        name: str
    pydantic.TypeAdapter(Used)
middle = perf_counter()
import lifecycle_model
print(middle - start, perf_counter() - middle)
"""


def start_times(rounds: int) -> dict[str, list[float]]:
    """Return milliseconds, interleaved: both packages, ours above them, ours above them in use.

    `import pydantic` alone loads little of it, the rest when a first model is made. The second
    figure of ours is what it costs a program that uses pydantic anyway.
    """
    times: dict[str, list[float]] = {
        "both": [],
        "ours": [],
        "both, in use": [],
        "ours then": [],
    }
    for _ in range(rounds + 1):
        for in_use, names in ((False, ("both", "ours")), (True, ("both, in use", "ours then"))):
            for name, seconds in zip(names, _measure(in_use=in_use), strict=True):
                times[name].append(1000 * seconds)
    return {name: values[1:] for name, values in times.items()}


def _measure(*, in_use: bool) -> tuple[float, float]:
    program = _PROGRAM.format(in_use=in_use)
    # The first, warming run leaves compiled files behind, as an installation does.
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    run = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=True,
        env=environment,
        text=True,
    )
    both, ours = map(float, run.stdout.split())
    return both, ours
