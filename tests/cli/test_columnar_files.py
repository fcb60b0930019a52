"""`lifecycle replay` with Parquet, moves and snapshots: what only the columnar engine does."""

from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from lifecycle_model import Lifecycle, Policy, columnar, parse_event

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Ran

DAY = datetime(2024, 1, 1, tzinfo=UTC)
BOUGHT = "a,2024-01-01T00:00Z,purchase_completed,1,,,,"


def parquet(name: str = "log.parquet", **columns: Any) -> str:
    """Write a Parquet file, by default of one purchase; an empty column is left out."""
    usual = {"customer_id": ["a"], "kind": ["purchase_completed"], "occurred_at": [DAY]}
    given = {key: cells for key, cells in {**usual, **columns}.items() if cells}
    pl.DataFrame(given).write_parquet(name)
    return name


def sums(ran: Ran) -> dict[str, Any]:
    """Return the sums that were printed, without the name of the log."""
    found = json.loads(ran.out)
    del found["log"]
    return found


@pytest.mark.parametrize("options", [(), ("--as-of=2023-01-01", "--policy=grocery")])
def test_parquet_says_what_csv_says(cli: Callable[..., Ran], options: tuple[str, ...]) -> None:
    """One log in both formats gives the same sums and customers."""
    for name in ("log.csv", "log.parquet"):
        cli("simulate", "--events=1000", "--customers=50", "--out", name)
    text = cli("replay", "log.csv", *options, "--json", "--out=text.csv")
    ran = cli("replay", "log.parquet", *options, "--json", "--out=columns.csv")

    assert sums(ran) == sums(text)
    assert Path("columns.csv").read_bytes() == Path("text.csv").read_bytes()
    assert "folded in columns for a log in Parquet: 1,000 rows in" in ran.err


def test_parquet_page(cli: Callable[..., Ran]) -> None:
    """The page of a Parquet log has no hint that could not be followed."""
    ran = cli("replay", parquet(customer_id=[7]))

    assert ran.code == 0
    assert "log.parquet: 1 customer, each up to its own last event" in ran.out
    assert "lifecycle explain" not in ran.out


@pytest.mark.parametrize(
    ("column", "options", "instant"),
    [
        ([DAY], (), "2024-01-01T00:00:00+00:00"),
        ([DAY], ("--timezone=Europe/Lisbon",), "2024-01-01T00:00:00+00:00"),
        (
            [datetime.fromisoformat("2024-07-01T12:00")],
            ("--timezone=Europe/Lisbon",),
            "2024-07-01T11:00:00+00:00",
        ),
        ([date(2024, 7, 1)], ("--timezone=UTC",), "2024-07-01T00:00:00+00:00"),
        (["2024-07-01T12:00Z"], (), "2024-07-01T12:00:00+00:00"),
        (
            [20240701],
            ("--time-format=%Y%m%d", "--timezone=UTC"),
            "2024-07-01T00:00:00+00:00",
        ),
    ],
)
def test_times_of_parquet(
    cli: Callable[..., Ran], column: list[Any], options: tuple[str, ...], instant: str
) -> None:
    """Times may be of any type; those without a zone are local in the one that is given."""
    ran = cli("replay", parquet(occurred_at=column), *options, "--out=c.jsonl")

    assert ran.code == 0
    assert json.loads(Path("c.jsonl").read_text(encoding="utf-8"))["clock"] == instant


def test_options_of_parquet(cli: Callable[..., Ran]) -> None:
    """Columns are mapped, the kind is given, and fields that the kind has not are counted."""
    path = parquet(
        kind=[],
        customer_id=[],
        client=["a", "a"],
        occurred_at=[DAY, DAY],
        amount=[5.25, None],
        score=[float("nan"), None],
        names=[["us"], []],
        case=["x", "y"],
    )
    mapping = "customer_id=client,amount=amount,score=score,alternatives=names,case_id=case"
    ran = cli(
        "replay", path, "--kind=purchase_completed", "--json", "--out=c.csv", "--map", mapping
    )

    assert sums(ran)["moves"]["situation"]["first-purchase"] == 1
    assert ran.err.startswith(
        "note: log.parquet: 3 values ignored: the row's kind has no such field\n"
        "  column 'case' (case_id): 2\n"
        "  column 'names' (alternatives): 1\n"
        "folded"
    )
    assert ",5.25," in Path("c.csv").read_text(encoding="utf-8")


def test_faults_of_parquet(cli: Callable[..., Ran]) -> None:
    """Faults are told by row, counted from 0, and can be skipped."""
    columns: dict[str, Any] = {
        "customer_id": ["a", "a", "b", None],
        "kind": ["purchase_completed", "purchase_completed", "product_usd", None],
        "occurred_at": [DAY] * 4,
        "amount": [1.0, -1.0, None, None],
        "currency": ["EUR", "EUR", None, None],
    }
    ran = cli("replay", parquet(**columns))
    skipped = cli("replay", "log.parquet", "--skip-invalid", "--json")
    nothing = cli("replay", parquet("none.parquet", kind=["nope"]), "--skip-invalid")

    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "error: log.parquet: 3 rows are not valid, nothing was folded\n"
        "  row 1: column 'amount': -1.0: is not an amount from 0 to 1e11 with at most four "
        "decimals: correct it\n"
        "  row 2: column 'kind': 'product_usd': is not a known kind: did you mean "
        "'product_used'?\n"
        "  row 3: column 'customer_id': nothing: is missing: give it a value\n"
        "  row 3: column 'kind': nothing: is missing: say what happened\n"
        "Mend them, or leave them out with --skip-invalid.\n"
    )
    assert (sums(skipped)["events"], sums(skipped)["skipped"]) == (1, 3)
    assert nothing.err.startswith("error: none.parquet: holds no valid events\n  row 0: ")


def test_conflicts_of_parquet(cli: Callable[..., Ran]) -> None:
    """Conflicts are told by row too, whatever the ids are."""
    path = parquet(
        customer_id=[7, 7],
        kind=["purchase_completed"] * 2,
        occurred_at=[DAY, DAY.replace(day=2)],
        event_id=["e", "e"],
    )

    assert cli("replay", path).err.splitlines()[1] == (
        "  row 1: event_id 'e' of customer '7' does not count: row 0 has other content under "
        "that id and comes first"
    )


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("none.parquet",), "error: none.parquet: cannot be read: "),
        (("text.parquet",), "error: text.parquet: cannot be read: "),
        (
            ("wide.parquet",),
            "error: wide.parquet: its schema does not fit\n  column 'x': is not a field",
        ),
        (
            ("log.parquet", "--time-format=%Y%m%d"),
            "error: log.parquet: occurred_at holds Datetime",
        ),
        (
            ("log.parquet", "--continue=none.parquet"),
            "error: none.parquet: cannot be read: ",
        ),
        (
            ("log.parquet", "--continue=log.parquet"),
            "error: the frame of snapshots is not valid:",
        ),
    ],
)
def test_parquet_that_does_not_do(
    cli: Callable[..., Ran], options: tuple[str, ...], told: str
) -> None:
    """What cannot be read, or holds something else, is one clear error."""
    parquet()
    parquet("wide.parquet", x=[1])
    Path("text.parquet").write_text("a,b\n", encoding="utf-8")
    ran = cli("replay", *options)

    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(told)


def test_other_commands_refuse_parquet(cli: Callable[..., Ran]) -> None:
    """What reads a log row by row says that it does not read Parquet."""
    assert cli("explain", parquet(), "a").err == (
        "error: log.parquet: only lifecycle replay reads Parquet: give CSV or JSON Lines\n"
    )


def test_written_as_parquet(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """Customers and moves keep their types."""
    ran = cli("replay", log(BOUGHT), "--out=c.parquet", "--transitions=m.parquet")
    customers, moves = pl.read_parquet("c.parquet"), pl.read_parquet("m.parquet")

    assert (
        "One row for each customer is in c.parquet.\nOne row for each move is in m.parquet.\n"
    ) in ran.out
    assert ran.err.startswith("folded in columns for --transitions: 1 row in ")
    assert customers["revenue"].to_list() == [Decimal(1)]
    assert customers["next_rule"].to_list() == ["settled"]
    assert customers["clock"].to_list() == [DAY]
    assert moves["evidence"].to_list() == [[], [1]]


def test_moves_as_text(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """Every move is written with what the rule was judged by, as CSV or JSON Lines."""
    times = [f"2024-0{month}-01T00:00:00.5Z" for month in (1, 2, 3)]
    path = log(*(f"a,{time},purchase_completed,1,,,{time}," for time in times))
    cli("replay", path, "--transitions=m.csv")
    cli("replay", path, "--transitions=m.jsonl")
    with Path("m.csv").open(encoding="utf-8", newline="") as file:
        cells = list(csv.DictReader(file))
    lines = Path("m.jsonl").read_text(encoding="utf-8").splitlines()
    values = [json.loads(line) for line in lines]
    common = {"customer_id": "a", "kind": "purchase_completed", "amount": 1}
    events = [parse_event({**common, "occurred_at": time, "event_id": time}) for time in times]
    moves = Lifecycle().replay(events).transitions
    told = [(one.rule, one.occurred_at.isoformat(), one.event_id) for one in moves]

    assert [(one["rule"], one["occurred_at"], one["event_id"] or None) for one in cells] == told
    assert [(one["rule"], one["occurred_at"], one["event_id"]) for one in values] == told
    assert cells[-1]["rule"] == "became-regular"
    assert (cells[-1]["evidence"], values[-1]["evidence"]) == ("3", [3])


def test_nothing_to_write(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """Where nobody is known yet the files are there, without rows."""
    options = ("--as-of=2023-01-01", "--out=c.csv", "--transitions=m.parquet")
    ran = cli("replay", log(BOUGHT), *options)

    assert "not yet known: 1 customer whose events are all later" in ran.out
    assert Path("c.csv").read_bytes() == b""
    assert pl.read_parquet("m.parquet").is_empty()


def test_file_that_cannot_be_written(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """It is one clear error, and nothing half written is left."""
    Path("c.parquet").mkdir()
    ran = cli("replay", log(BOUGHT), "--out=c.parquet")
    missing = cli("replay", log(BOUGHT), "--out=none/c.parquet")

    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "error: c.parquet: cannot be written: Is a directory\n"
    assert missing.err == (
        "error: none/c.parquet: cannot be written: No such file or directory\n"
    )
    assert sorted(path.name for path in Path().iterdir()) == ["c.parquet", "log.csv"]


@pytest.fixture
def halves(cli: Callable[..., Ran]) -> tuple[str, str]:
    """Write a made-up log of a thousand events, and cut it in two."""
    cli("simulate", "--events=1000", "--customers=50", "--out=all.parquet")
    whole = pl.read_parquet("all.parquet")
    cut = datetime(2023, 6, 1, tzinfo=UTC)
    whole.filter(pl.col("occurred_at") < cut).write_parquet("first.parquet")
    second = whole.filter(pl.col("occurred_at") >= cut).with_columns(
        pl.col("alternatives").list.join("|"),
        pl.col("occurred_at").dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    second.write_csv("second.csv")
    return "first.parquet", "second.csv"


def test_going_on_gives_what_one_run_gives(
    cli: Callable[..., Ran], halves: tuple[str, str]
) -> None:
    """Yesterday's snapshots and today's log say what the whole log says."""
    first, second = halves
    until = "--as-of=2025-01-01"
    cli("replay", "all.parquet", until, "--out=whole.csv", "--snapshots=whole.parquet")
    ran = cli("replay", first, "--snapshots=state.parquet")
    state = ("--continue=state.parquet", "--snapshots=state.parquet")
    again = cli("replay", second, until, *state, "--out=parts.csv")

    assert "To go on from here with later events, add --continue state.parquet." in ran.out
    assert again.code == 0
    assert "lifecycle explain" not in again.out
    assert Path("parts.csv").read_bytes() == Path("whole.csv").read_bytes()
    assert pl.read_parquet("state.parquet").equals(pl.read_parquet("whole.parquet"))
    assert not list(Path().glob("*.part"))


def test_snapshots_are_those_of_the_library(
    cli: Callable[..., Ran], halves: tuple[str, str]
) -> None:
    """What the command writes, the library goes on from, also from CSV."""
    first, second = halves
    cli("replay", first, "--snapshots=state.parquet")
    found = columnar.replay_file(second, snapshots="state.parquet")

    assert found.snapshots.equals(columnar.replay_file("all.parquet").snapshots)


def test_late_rows_after_snapshots(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """An event older than its customer's snapshot is a fault of its row."""
    cli("replay", log(BOUGHT), "--as-of=2024-02-01", "--snapshots=s.parquet")
    later, late = BOUGHT.replace("-01-01", "-03-01"), BOUGHT.replace("-01-01", "-01-05")
    ran = cli("replay", log(later, late, name="b.csv"), "--continue=s.parquet")

    assert ran.code == 1
    assert "  line 3: column 'occurred_at': '2024-01-05T00:00Z': is older than the" in ran.err


def test_currency_after_snapshots(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """The first currency of a customer is kept in the snapshots."""
    row = "a,2024-01-0{}T00:00Z,purchase_completed,1,,{},,"
    cli("replay", log(row.format(1, "EUR")), "--snapshots=s.parquet")
    ran = cli("replay", log(row.format(2, "USD"), name="b.csv"), "--continue=s.parquet")

    assert "  line 2: column 'currency': 'USD': expected 'EUR', the policy's or" in ran.err


def test_a_day_without_events(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """A log without rows lets time pass for the customers of snapshots."""
    cli("replay", log(BOUGHT), "--snapshots=s.parquet")
    options = ("--continue=s.parquet", "--as-of=2025-06-01", "--json")
    ran = cli("replay", log(name="none.csv"), *options)

    assert ran.code == 0
    assert (sums(ran)["events"], sums(ran)["customers"]) == (0, 1)
    assert sums(ran)["moves"]["situation"]["lapsed"] == 1


def test_snapshots_of_another_policy(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """They are refused, with both digests."""
    cli("replay", log(BOUGHT), "--snapshots=s.parquet")
    ran = cli("replay", "log.csv", "--continue=s.parquet", "--policy=grocery")

    assert ran.code == 1
    assert Policy.preset("grocery").digest in ran.err
