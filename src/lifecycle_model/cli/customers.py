"""One row for each customer, as CSV or JSON Lines."""

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lifecycle_model import Customer, Deadline, Status
from lifecycle_model.cli.outputs import Output
from lifecycle_model.cli.times import iso
from lifecycle_model.rules import FACTS


def customer_row(
    customer: Customer, status: Status, deadline: Deadline | None
) -> dict[str, Any]:
    """Return what is told of one customer: plain values under stable keys."""
    return {
        "customer_id": customer.id,
        **values_of(status),
        **facts_of(status),
        "clock": iso(customer.clock),
        "situation_since": iso(customer.situation_since),
        "situation_rule": customer.situation_rule,
        "next_deadline": None if deadline is None else iso(deadline.occurred_at),
        "next_rule": None if deadline is None else deadline.rule,
    }


def values_of(status: Status) -> dict[str, str]:
    """Return the six values of a customer."""
    return {
        "situation": status.situation.value,
        "position": status.position.value,
        "stage": status.stage.value,
        "funnel_group": status.funnel_group.value,
        "sales_step": status.sales_step.value,
        "service_state": status.service_state.value,
    }


def facts_of(status: Status) -> dict[str, int | str | None]:
    """Return the facts of a customer; money is text, so that nothing is rounded."""
    return {
        name: value if value is None or isinstance(value, int) else str(value)
        for name, value in status.facts.items()
    }


def _cell(name: str, value: object) -> str:
    """Return a value as CSV holds it; money has at least two decimals."""
    if value is None:
        return ""
    if name in FACTS and FACTS[name].unit == "money":
        whole, _, part = str(value).partition(".")
        return f"{whole}.{part:0<2}"
    return str(value)


def write_customers(out: Output, rows: Iterable[dict[str, Any]]) -> None:
    """Write one row for each customer, as CSV or JSON Lines.

    Raises:
        InputError: the file cannot be written.
    """
    text = io.StringIO()
    if out.form == "csv":
        # With both letters as the line's end, either of them in an id is put into quotes.
        writer = csv.writer(text, delimiter=out.delimiter, lineterminator="\r\n")
        for number, row in enumerate(rows):
            if number == 0:
                writer.writerow(row)
            writer.writerow(_cell(name, value) for name, value in row.items())
    else:
        text.writelines(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
    try:
        Path(out.path).write_text(text.getvalue(), encoding="utf-8", newline="")
    except OSError as error:
        raise out.unwritable(error) from None
