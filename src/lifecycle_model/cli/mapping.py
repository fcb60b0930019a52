"""Which column of a log is which field of an event."""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import typer

from lifecycle_model import EVENT_TYPES, KINDS
from lifecycle_model.cli.faults import SHOWN, InputError
from lifecycle_model.cli.words import counted
from lifecycle_model.errors import clipped, did_you_mean, nearest, shown

FIELDS: Final = tuple(
    dict.fromkeys(name for cls in EVENT_TYPES for name in ("kind", *cls.model_fields))
)
"""Every field that an event of some kind has."""

FIELDS_OF: Final = dict(
    zip(KINDS, (frozenset(cls.model_fields) for cls in EVENT_TYPES), strict=True)
)
"""The fields of each kind."""

_LONGEST: Final = 1000
"""How many letters of a header are told."""

REQUIRED: Final = ("customer_id", "occurred_at", "kind")


def parse_mapping(texts: Sequence[str]) -> dict[str, str]:
    """Return field to column from `field=column,field=column`; quotes protect a comma.

    Raises:
        typer.BadParameter: a part has another form, or an unknown or repeated field.

    >>> parse_mapping(["customer_id=client", '"amount=total, net"'])
    {'customer_id': 'client', 'amount': 'total, net'}
    """
    found: dict[str, str] = {}
    for part in (part for text in texts for part in _parts(text)):
        name, _, column = part.partition("=")
        if not name or not column:
            msg = f"{part!r} is not FIELD=COLUMN: write it like amount=dollars"
        elif name not in FIELDS:
            msg = f"{name!r} is not a field of an event: {did_you_mean(name, FIELDS)}"
        elif name in found:
            msg = f"{name!r} stands twice: name one column for it"
        else:
            found[name] = column
            continue
        raise typer.BadParameter(msg, param_hint="--map")
    return found


def _parts(text: str) -> list[str]:
    try:
        return next(csv.reader([text]), [])
    except csv.Error as error:
        msg = f"{shown(text)} is not FIELD=COLUMN,...: {error}"
        raise typer.BadParameter(msg, param_hint="--map") from None


def parse_kind(kind: str | None, mapping: Mapping[str, str]) -> str | None:
    """Return the kind that every row is.

    Raises:
        typer.BadParameter: it is unknown, or a column gives the kind as well.
    """
    if kind is None:
        return None
    if kind not in KINDS:
        msg = f"{kind!r} is not a known kind: {did_you_mean(kind, KINDS)}"
    elif "kind" in mapping:
        msg = "--map names a column for kind already: leave one of the two out"
    else:
        return kind
    raise typer.BadParameter(msg, param_hint="--kind")


def fields_of(mapping: Mapping[str, str], kind: str | None) -> dict[str, str]:
    """Return field to column with what needs no naming: required columns of the right name."""
    own = {name: name for name in REQUIRED if not (name == "kind" and kind is not None)}
    return {**own, **mapping}


def wanted_columns(
    what: str, header: Sequence[str], mapping: Mapping[str, str], kind: str | None
) -> list[tuple[int, str]]:
    """Return the place of each column that is read, with the field that it gives.

    Args:
        what: names the columns as a whole, for errors.
        header: the columns of the log.
        mapping: field to column; where it is empty, every column is a field.
        kind: the kind that every row is.

    Raises:
        InputError: a column is missing, unknown, or there twice.
    """
    columns = fields_of(mapping, kind)
    if not mapping:
        columns = {column: column for column in header} | columns
    faults = [] if mapping else list(_unknown(header, kind))
    faults += _missing(header, mapping, columns)
    if faults:
        mend = "" if mapping else "For other columns, name those that count with --map."
        raise InputError(f"{what} does not fit", tuple(faults), mend)
    return [(header.index(column), field) for field, column in columns.items()]


def _unknown(header: Sequence[str], kind: str | None) -> Iterator[str]:
    """Tell the first columns that are no fields, and how many more there are."""
    wanted = {*FIELDS} - ({"kind"} if kind is not None else set())
    strange = [column for column in header if column not in wanted]
    for column in strange[:SHOWN]:
        if column == "kind":
            yield "column 'kind': stands beside --kind: leave --kind out"
        else:
            hint = f": {did_you_mean(column, FIELDS)}" if nearest(column, FIELDS) else ""
            yield f"column {shown(column)}: is not a field of an event{hint}"
    if more := len(strange[SHOWN:]):
        yield f"... and {counted(more, 'column')} more"


def _missing(
    header: Sequence[str], mapping: Mapping[str, str], columns: Mapping[str, str]
) -> Iterator[str]:
    """Tell the columns that are not there, or there twice."""
    counts = Counter(header)
    for field, column in columns.items():
        if not counts[column]:
            what = f"column {column!r}" if field == column else f"column {column!r} ({field})"
            names = clipped(", ".join(header), _LONGEST)
            hint = f"name it with --map {field}=COLUMN; the columns are {names}"
            if field == "kind" and "kind" not in mapping:
                hint = "give every row one kind with --kind, or " + hint
            yield f"{what}: is missing: {hint}"
        elif counts[column] > 1:
            yield f"column {shown(column)}: stands {counts[column]} times: rename one"
