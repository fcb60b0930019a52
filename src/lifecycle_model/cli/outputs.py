"""The files that a command writes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import typer

from lifecycle_model.cli.faults import InputError
from lifecycle_model.cli.reading import FORMATS

_USUAL: Final = (".csv", ".jsonl", ".parquet")
"""The suffixes that are proposed: of each format one."""


@dataclass(frozen=True, slots=True)
class Output:
    """A file to write."""

    path: str
    form: str
    """`csv`, `jsonl` or `parquet`."""

    @property
    def delimiter(self) -> str:
        """What parts the cells of CSV."""
        return "\t" if Path(self.path).suffix.lower() == ".tsv" else ","

    def unwritable(self, error: OSError) -> InputError:
        """Return the error that it cannot be written."""
        return InputError(f"{self.path}: cannot be written: {error.strerror or error}")


def parse_output(
    option: str, path: str | None, taken: Mapping[str, str], suffixes: Collection[str] = FORMATS
) -> Output | None:
    """Return the file that an option names.

    Args:
        option: the option.
        path: what was given for it.
        taken: the files that it may not be, and what they are.
        suffixes: those to choose from.

    Raises:
        typer.BadParameter: its suffix is none of these, or it is one of the files taken.
    """
    if path is None:
        return None
    suffix = Path(path).suffix.lower()
    what = [what for other, what in taken.items() if _is_one_file(Path(path), Path(other))]
    if suffix not in suffixes:
        *others, last = (one for one in _USUAL if one in suffixes)
        names = f"{', '.join(others)} or {last}" if others else last
        msg = f"the format of {path!r} is unknown: name it {names}"
    elif what:
        msg = f"{path!r} is {what[0]}: name another file"
    else:
        return Output(path, FORMATS[suffix])
    raise typer.BadParameter(msg, param_hint=option)


def _is_one_file(one: Path, other: Path) -> bool:
    try:
        return one.resolve() == other.resolve() or one.samefile(other)
    except (OSError, RuntimeError, ValueError):  # one of them is not there, or not to be read
        return False
