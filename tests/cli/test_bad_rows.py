"""Logs with faults: each is named with its place, its value and the mend."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Ran

GOOD = "g,2024-01-01T00:00Z,purchase_completed,1,,,,"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (
            "a,2024-01-01T00:00:00,product_used,,,,,",
            (
                "column 'occurred_at': '2024-01-01T00:00:00': has no time zone: "
                "give --timezone, for example --timezone UTC"
            ),
        ),
        (
            "a,soon,product_used,,,,,",
            (
                "column 'occurred_at': 'soon': is not an ISO 8601 time: "
                "say how times are written with --time-format"
            ),
        ),
        (
            "a,2024-01-01T00:00Z,product_usd,,,,,",
            "column 'kind': 'product_usd': is not a known kind: did you mean 'product_used'?",
        ),
        (
            "a,2024-01-01T00:00Z,product_used,,9,,,",
            (
                "column 'score': '9': is not a field of this kind: "
                "leave it out, or correct its name or the kind"
            ),
        ),
        (
            "a,2024-01-01T00:00Z,purchase_completed,-1,,,,",
            "column 'amount': '-1': Input should be greater than or equal to 0",
        ),
        (
            "a,2024-01-01T00:00Z,purchase_completed,NaN,,,,",
            "column 'amount': 'NaN': Input should be a finite number",
        ),
        (
            "a,2024-01-01T00:00Z,purchase_completed,0.00001,,,,",
            (
                "column 'amount': '0.00001': "
                "Decimal input should have no more than 4 decimal places"
            ),
        ),
        (
            "a,2024-01-01T00:00Z,survey_answered,,11,,,",
            "column 'score': '11': Input should be less than or equal to 10",
        ),
        (
            ",2024-01-01T00:00Z,product_used,,,,,",
            "column 'customer_id': is missing: give it a value",
        ),
        (
            "a,2024-01-01T00:00Z",
            (
                "has 2 cells, the header has 8: mend the row; "
                "a cell that holds the delimiter stands in quotation marks"
            ),
        ),
        (
            "a",
            (
                "has 1 cell, the header has 8: mend the row; "
                "a cell that holds the delimiter stands in quotation marks"
            ),
        ),
        (
            'a,"b"c,d',
            "is broken: ',' expected after '\"': is a quotation mark left open?",
        ),
        (
            f"{'a' * 140_000},2024-01-01T00:00Z,product_used,,,,,",
            "is broken: field larger than field limit (131072): is a quotation mark left open?",
        ),
    ],
)
def test_row_is_named(
    cli: Callable[..., Ran], log: Callable[..., Path], row: str, told: str
) -> None:
    """A faulty row is named with its line, column, value and mend; nothing is folded."""
    ran = cli("replay", log(GOOD, row, GOOD), "--out=c.csv")

    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "error: log.csv: 1 row is not valid, nothing was folded\n"
        f"  line 3: {told}\n"
        "Mend them, or leave them out with --skip-invalid.\n"
    )
    assert not Path("c.csv").exists()


def test_rows_can_be_skipped(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """With --skip-invalid the others are folded, and what was skipped is counted and told."""
    ran = cli("replay", log(GOOD, "a", GOOD), "--skip-invalid")

    assert ran.code == 0
    assert ran.err.startswith(
        "note: log.csv: 1 row is not valid and skipped\n  line 3: has 1 cell,"
    )
    assert "events 2, customers 1, duplicates 0, conflicts 0, future 0, skipped 1" in ran.out


def test_twenty_are_told(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """The first twenty different faults are told, and how many there are."""
    ran = cli("replay", log(*("," * cells for cells in range(10, 35))))
    lines = ran.err.splitlines()

    assert lines[0] == "error: log.csv: 25 rows are not valid, nothing was folded"
    assert len([line for line in lines if line.startswith("  line")]) == 20
    assert lines[21] == "  ... and 5 more"


def test_equal_faults_are_told_as_one(
    cli: Callable[..., Ran], log: Callable[..., Path]
) -> None:
    """Faults of one column with one mend are one line with its rows and the first value."""
    comma = 'a,2024-01-01T00:00Z,purchase_completed,"1,5",,,,'
    naive = "b,2024-01-01,purchase_completed,1,,,,"
    rows = [naive, naive, GOOD, comma.replace("T00:00Z", ""), GOOD, comma]
    rows += [GOOD, naive] * 5
    ran = cli("replay", log(*rows))

    assert ran.err.splitlines()[:-1] == [
        "error: log.csv: 9 rows are not valid, nothing was folded",
        (
            "  8 rows (lines 2-3, 5, 9, 11, 13, ...): column 'occurred_at': has no time zone: "
            "give --timezone, for example --timezone UTC (first value '2024-01-01')"
        ),
        (
            "  2 rows (lines 5, 7): column 'amount': write it with a point, like 1.50 "
            "(first value '1,5')"
        ),
    ]


def test_equal_faults_of_whole_rows(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """Rows with the same fault as a whole are one line as well."""
    ran = cli("replay", log("a", GOOD, "b"))

    assert "  2 rows (lines 2, 4): has 1 cell, the header has 8: mend the row; " in ran.err


def test_wide_export(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """A mapped column that is not for a row's kind is passed over there, and counted."""
    path = log(
        "a,2024-01-01T00:00Z,purchase_completed,5,9",
        "a,2024-01-02T00:00Z,survey_answered,7,9",
        "a,2024-01-03T00:00Z,product_used,7,",
        header="customer_id,occurred_at,kind,total,rating",
    )
    ran = cli("replay", path, "--map=amount=total,score=rating")

    assert ran.code == 0
    assert ran.err == (
        "note: log.csv: 3 values ignored: the row's kind has no such field\n"
        "  column 'total' (amount): 2\n"
        "  column 'rating' (score): 1\n"
    )
    assert "events 3, customers 1" in ran.out
    drawn = cli(
        "diagram", "--format=table", "--counts", path, "--map=amount=total,score=rating"
    )
    assert (drawn.code, drawn.err) == (0, ran.err)


def test_field_without_a_column(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """A field that a row needs and no column gives is named with --map."""
    row = "a,2024-01-01T00:00Z,case_opened,,,,,"

    assert "  line 2: column 'case_id': is missing: give it a value\n" in (
        cli("replay", log(row)).err
    )
    assert "  line 2: column 'case_id': is missing: name it with --map case_id=COLUMN\n" in (
        cli("replay", log(row), "--map=amount=amount").err
    )
    assert "  line 2: column 'event_id' (case_id): is missing: give it a value\n" in (
        cli("replay", log(row), "--map=case_id=event_id").err
    )


def test_nothing_is_left(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """A log without one valid row is an error also when skipping."""
    ran = cli("replay", log("a"), "--skip-invalid")

    assert ran.code == 1
    assert ran.err.startswith("error: log.csv: holds no valid events\n  line 2: has 1 cell,")


@pytest.mark.parametrize("row", ['a,"b\nc,d', '"a\nb",c'])
def test_rows_over_lines_cannot_be_skipped(
    cli: Callable[..., Ran], log: Callable[..., Path], row: str
) -> None:
    """A broken row that may have swallowed others is never skipped."""
    ran = cli("replay", log(GOOD, row), "--skip-invalid")

    assert ran.code == 1
    assert "  lines 3 to 4: " in ran.err
    assert ran.err.endswith(
        "Where rows end is unclear there, so none can be skipped: mend them.\n"
    )


def test_blank_lines_are_no_rows(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """Blank lines are passed over."""
    assert cli("replay", log(GOOD, "", GOOD)).code == 0


def test_second_currency(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """An amount in another currency is found when folding, and its line and column are told."""
    path = log(
        "a,2024-01-01T00:00Z,purchase_completed,1,,USD,,",
        "a,2024-01-02T00:00Z,purchase_completed,1,,EUR,,",
        "b,2024-01-02T00:00Z,purchase_completed,1,,EUR,,",
    )
    ran = cli("replay", path)

    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "error: log.csv: 1 row is not valid, nothing was folded\n"
        "  line 3: column 'currency': 'EUR': "
        "expected 'USD', the policy's or the customer's first: convert it\n"
        "Mend them, or leave them out with --skip-invalid.\n"
    )
    skipped = cli("replay", path, "--skip-invalid")
    assert skipped.code == 0
    assert "events 2, customers 2" in skipped.out
    assert "skipped 1" in skipped.out


def test_no_event_can_be_folded(
    cli: Callable[..., Ran], log: Callable[..., Path], tmp_path: Path
) -> None:
    """A customer whose every amount is in another currency is left out, or an error alone."""
    (tmp_path / "usd.toml").write_text('currency = "USD"', encoding="utf-8")
    path = log(GOOD, "a,2024-01-01T00:00Z,purchase_completed,1,,EUR,,")
    options = ("--policy=usd.toml", "--skip-invalid")

    assert "customers 1," in cli("replay", path, *options).out
    ran = cli("explain", path, "a", *options)
    assert ran.code == 1
    assert ran.err.endswith("error: log.csv: no event of customer 'a' can be folded\n")


@pytest.mark.untraced
def test_revenue_overflow(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """Amounts that add up beyond all measure are named by the row that gets there."""
    rows = ["a,2024-01-01T00:00Z,purchase_completed,100000000000,,,,"] * 9000
    ran = cli("replay", log("a,2024-01-01T00:00Z,product_used,,,,,", *rows))

    assert ran.code == 1
    assert (
        "  line 9002: column 'amount': 100000000000: the amounts of one window reach 9e14: "
        "check them, or count in a larger unit\n"
    ) in ran.err


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (
            "customer_id,occured_at,kind",
            "column 'occured_at': is not a field of an event: did you mean 'occurred_at'?",
        ),
        ("customer_id,kind,zzz", "column 'zzz': is not a field of an event"),
        (
            "customer_id,kind",
            (
                "column 'occurred_at': is missing: name it with --map occurred_at=COLUMN; "
                "the columns are customer_id, kind"
            ),
        ),
        (
            "customer_id,occurred_at",
            (
                "column 'kind': is missing: give every row one kind with --kind, or name it "
                "with --map kind=COLUMN; the columns are customer_id, occurred_at"
            ),
        ),
        ("customer_id,occurred_at,kind,kind", "column 'kind': stands 2 times: rename one"),
        ("customer_id,occurred_at,kind,", "column '': is not a field of an event"),
    ],
)
def test_header_does_not_fit(
    cli: Callable[..., Ran], log: Callable[..., Path], header: str, told: str
) -> None:
    """Missing, unknown and repeated columns are named."""
    ran = cli("replay", log(GOOD, header=header))

    assert ran.code == 1
    assert ran.err.startswith("error: log.csv, line 1: the header does not fit\n")
    assert f"  {told}\n" in ran.err
    assert ran.err.endswith("For other columns, name those that count with --map.\n")


def test_mapped_column_is_missing(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """A column that --map names and the log lacks is named with its field."""
    ran = cli("replay", log(GOOD), "--map=customer_id=client,kind=what")

    assert ran.code == 1
    assert "  column 'client' (customer_id): is missing: name it with --map" in ran.err
    assert "  column 'what' (kind): is missing: name it with --map kind=COLUMN; " in ran.err


def test_kind_stands_twice(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """A log with its own kinds needs no --kind."""
    ran = cli("replay", log(GOOD), "--kind=product_used")

    assert "  column 'kind': stands beside --kind: leave --kind out\n" in ran.err


def test_header_is_broken(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """A header with broken quotation marks is one clear error."""
    ran = cli("replay", log(GOOD, header='"a"b'))

    assert ran.err == (
        "error: log.csv, line 1: the header is broken: ',' expected after '\"'\n"
    )


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "log.csv: is empty"),
        (b"\n \n", "log.csv: is empty"),
        (b"customer_id,occurred_at,kind\n", "log.csv: holds no events"),
        (b"a\n\xffb", "log.csv, line 2: byte 0xff is not UTF-8: save the log as UTF-8"),
        (
            b"a\nb\0",
            "log.csv, line 2: a NUL byte: this is no text in UTF-8, save the log as such",
        ),
    ],
)
def test_file_is_no_log(
    cli: Callable[..., Ran], tmp_path: Path, content: bytes, told: str
) -> None:
    """Files that are empty or no text in UTF-8 are one clear error."""
    (tmp_path / "log.csv").write_bytes(content)
    ran = cli("replay", "log.csv")

    assert (ran.code, ran.out, ran.err) == (1, "", f"error: {told}\n")


def test_file_cannot_be_read(
    cli: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, log: Callable[..., Path]
) -> None:
    """A missing file, a forbidden one, a directory and an impossible name are clear errors."""
    Path("folder.csv").mkdir()

    assert cli("replay", "none.csv").err == (
        "error: none.csv: cannot be read: No such file or directory\n"
    )
    assert cli("replay", "folder.csv").err == (
        "error: folder.csv: is a directory: name a file\n"
    )
    assert cli("replay", "a\0.csv").err.startswith(
        r"error: a\x00.csv: cannot be read: embedded null"
    )

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    ran = cli("replay", log(GOOD))
    assert (ran.code, ran.err) == (1, "error: log.csv: cannot be read: Permission denied\n")


def test_currency_of_what_does_not_fold(
    cli: Callable[..., Ran], log: Callable[..., Path]
) -> None:
    """Later events, conflicts and copies do not count and are not blamed for their currency."""
    header = "customer_id,occurred_at,kind,currency,event_id"
    path = log(
        "a,2024-01-01T00:00Z,purchase_completed,USD,e1",
        "a,2024-01-02T00:00Z,purchase_completed,EUR,e1",
        "a,2024-01-03T00:00Z,purchase_completed,EUR,e2",
        "a,2024-01-04T00:00Z,purchase_completed,EUR,e3",
        "a,2024-01-04T00:00Z,purchase_completed,EUR,e3",
        "a,2024-02-01T00:00Z,purchase_completed,EUR,e4",
        header=header,
    )
    ran = cli("replay", path, "--as-of=2024-01-31", "--skip-invalid")

    assert "  2 rows (lines 4-5): column 'currency': expected 'USD', " in ran.err
    assert "convert it (first value 'EUR')\n" in ran.err
    assert "duplicates 1, conflicts 1, future 1, skipped 2" in ran.out
