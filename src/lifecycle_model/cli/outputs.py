"""The files that a command writes."""

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

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
    """`csv`, `jsonl`, `parquet` or `html`."""

    @property
    def delimiter(self) -> str:
        """What parts the cells of CSV."""
        return "\t" if Path(self.path).suffix.lower() == ".tsv" else ","

    def unwritable(self, error: OSError) -> InputError:
        """Return the error that it cannot be written."""
        return InputError(f"{self.path}: cannot be written: {error.strerror or error}")

    def write(self, content: Callable[[IO[bytes]], object]) -> None:
        """Write the file; where it is there already, it stays until the new one is whole.

        Raises:
            InputError: it cannot be written.
        """
        path = Path(self.path).resolve()
        part = path.with_name(f"{path.name}.part")
        try:
            with part.open("wb") as file:
                content(file)
            part.replace(path)
        except OSError as error:
            with suppress(OSError):
                part.unlink()
            raise self.unwritable(error) from None


def parse_output(
    option: str, path: str | None, taken: Mapping[str, str], suffixes: Collection[str] = FORMATS
) -> Output | None:
    """Return the file that an option names, if it does; see `output_at`."""
    return None if path is None else output_at(option, path, taken, suffixes)


def output_at(
    option: str, path: str, taken: Mapping[str, str], suffixes: Collection[str]
) -> Output:
    """Return the file at a path.

    Args:
        option: the option that names it.
        path: what was given for it.
        taken: the files that it may not be, and what they are.
        suffixes: those to choose from.

    Raises:
        typer.BadParameter: its suffix is none of these, or it is one of the files taken.
    """
    suffix = Path(path).suffix.lower()
    what = [what for other, what in taken.items() if _is_one_file(Path(path), Path(other))]
    if suffix not in suffixes:
        *others, last = [one for one in _USUAL if one in suffixes] or suffixes
        names = f"{', '.join(others)} or {last}" if others else last
        msg = f"the format of {path!r} is unknown: name it {names}"
    elif what:
        msg = f"{path!r} is {what[0]}: name another file"
    else:
        return Output(path, FORMATS.get(suffix, suffix.removeprefix(".")))
    raise typer.BadParameter(msg, param_hint=option)


def _is_one_file(one: Path, other: Path) -> bool:
    try:
        return one.resolve() == other.resolve() or one.samefile(other)
    except (OSError, RuntimeError, ValueError):  # one of them is not there, or not to be read
        return False
