"""`lifecycle explain`: one customer's story."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Ran

HEADER = "customer_id,occurred_at,kind,opportunity_id,score,supplier,amount"


def test_story(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """Every event, move, refusal and reason is told, then where the customer stands."""
    path = log(
        "c,2024-01-01T09:30Z,purchase_completed,,,,19.90",
        "c,2024-03-01T00:00Z,purchase_completed,,,,5",
        "c,2024-03-02T00:00Z,survey_answered,,9,,",
        "c,2024-03-03T00:00Z,value_delivered,,,,",
        "c,2024-03-04T00:00Z,value_delivered,big deal,,,",
        header=HEADER,
    )
    ran = cli("explain", path, "c", "--as-of=2024-04-01")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[2:44] == [
        "",
        "2024-01-01 09:30:00  purchase_completed amount=19.90",
        "  position: status_quo -> implementation by contract-signed",
        "    skipping needs_recognition, options_evaluation, concerns_resolution",
        "  situation: non_customer -> occasional by first-purchase",
        "    because standing_purchases 1 <= 1",
        "",
        "2024-01-31  time passed",
        "  position: implementation -> status_quo by settled",
        "    because days_in_position 30 >= implementation_days = 30",
        "",
        "2024-03-01  purchase_completed amount=5",
        "  position: status_quo -> implementation by contract-signed",
        "    skipping needs_recognition, options_evaluation, concerns_resolution",
        "  situation: refused, no rule holds",
        "    became-regular: purchase_days 2 >= regular_days = 3, missing 1",
        "",
        "2024-03-02  survey_answered score=9",
        "  situation: refused, no rule holds",
        "    detractor: score 9 <= detractor_score = 6, 3 too many",
        "",
        "2024-03-03  value_delivered",
        "  position: implementation -> status_quo by value-delivered",
        "  situation: no rule for it here",
        "",
        "2024-03-04  value_delivered opportunity_id='big deal'",
        "  position of 'big deal': no rule for it here",
        "  situation: no rule for it here",
        "",
        "Now, as of 2024-04-01",
        "  situation      occasional, since 2024-01-01 09:30:00, by first-purchase",
        "  position       status_quo",
        "  stage          monetization",
        "  funnel_group   customer",
        "  sales_step     follow_up",
        "  service_state  idle",
        "",
        "If nothing happens, on 2025-03-31",
        "  situation: occasional -> non_customer by lapsed",
        "    because protected 0 <= 0",
        "    because days_idle 395 >= lapsed_days = 395",
        "    because open_opportunities 0 <= 0",
    ]
    assert "regular        became-regular" in ran.out
    assert "purchase_days >= 3, now 2" in ran.out
    assert "score <= 6 by that event" in ran.out


def test_event_that_moves_nothing(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """An event whose row leads to where the customer is stays by that row."""
    path = log(
        "c,2024-01-01T00:00Z,need_recognized,o,,,",
        "c,2024-01-02T00:00Z,need_recognized,o,,,",
        header=HEADER,
    )

    assert "  position of 'o': stays, by need-recognized\n" in cli("explain", path, "c").out


def test_decisions_under_way(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """Each one is told with its position, since when, and with whom."""
    path = log(
        "c,2024-01-01T00:00Z,supplier_chosen,o 1,,them,",
        "c,2024-01-02T00:00Z,purchase_completed,,,,5",
        "c,2024-01-03T00:00Z,concern_raised,o 1,,,",
        header=HEADER,
    )
    told = cli("explain", path, "c").out
    story = json.loads(cli("explain", path, "c", "--json").out)

    assert "  opportunity    main: implementation, since 2024-01-02, with us\n" in told
    assert (
        "  opportunity    'o 1': concerns_resolution, since 2024-01-01, with a competitor\n"
    ) in told
    assert story["opportunities"] == [
        {
            "id": "main",
            "position": "implementation",
            "entered_on": "2024-01-02",
            "touched_on": "2024-01-02",
            "with_competitor": False,
        },
        {
            "id": "o 1",
            "position": "concerns_resolution",
            "entered_on": "2024-01-01",
            "touched_on": "2024-01-03",
            "with_competitor": True,
        },
    ]


def test_what_cannot_happen_is_no_way_on(
    cli: Callable[..., Ran], log: Callable[..., Path]
) -> None:
    """No revenue is below 0: without a threshold of revenue nobody falls for lack of it."""
    header = "customer_id,occurred_at,kind,situation,actor,reason"
    path = log("c,2024-01-01T00:00Z,manual_correction,preferred,Eva,r", header=header)

    for lang in ((), ("--lang=en",)):
        told = cli("explain", path, "c", *lang).out
        assert "no-longer-frequent" in told
        assert "no-longer-valuable" not in told


def test_last_deadline(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """Where time changes nothing more, that is said; facts without a value are none."""
    path = log("c,2024-01-01T00:00Z,contacted,,,,", header=HEADER)
    ran = cli("explain", path, "c")

    assert "If nothing happens, nothing changes\n" in ran.out
    assert "  situation      non_customer\n" in ran.out


def test_facts_without_a_value(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """A guard on a fact that has no value says so."""
    path = log("c,2024-01-01T00:00Z,purchase_completed,,,,", header=HEADER)

    assert "days_expired >= 60, now none" in cli("explain", path, "c").out


def test_later_events(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """Events after the instant are not told, only counted."""
    path = log("c,2024-03-01T00:00Z,product_used,,,,", header=HEADER)
    ran = cli("explain", path, "c", "--as-of=2024-02-01")

    assert "Now, as of 2024-02-01\n" in ran.out
    assert "  not counted: 1 later event\n" in ran.out


def test_competitor_and_time_of_another_opportunity(
    cli: Callable[..., Ran], log: Callable[..., Path]
) -> None:
    """What time does to an opportunity is told under its name."""
    path = log("c,2024-01-01T00:00Z,supplier_chosen,o 1,,them,", header=HEADER)
    ran = cli("explain", path, "c", "--as-of=2024-12-01")

    assert "2024-01-01  supplier_chosen opportunity_id='o 1' supplier=them\n" in ran.out
    assert "  position of 'o 1': concerns_resolution -> status_quo by stalled\n" in ran.out


def test_unknown_customer(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """An id that the log does not hold is an error with the nearest ones, or some of them."""
    path = log("c-42,2024-01-01T00:00Z,product_used,,,,", header=HEADER)
    near = cli("explain", path, "c-4")
    far = cli("explain", path, "xyz")

    assert (near.code, near.out) == (1, "")
    assert near.err == "error: log.csv: holds no customer 'c-4': did you mean 'c-42'?\n"
    assert far.err == (
        "error: log.csv: holds no customer 'xyz': the log has 1, for example 'c-42'\n"
    )


def test_conflicts_of_the_customer(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """Events that do not count are told before the story."""
    header = "customer_id,occurred_at,kind,event_id"
    path = log(
        "c,2024-01-01T00:00Z,product_used,e",
        "c,2024-01-02T00:00Z,product_used,e",
        header=header,
    )

    assert "note: log.csv: 1 event conflicts" in cli("explain", path, "c").err


def test_as_json(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """The same story is there for programs."""
    path = log(
        "c,2024-01-01T00:00Z,purchase_completed,,,,1",
        "c,2024-01-02T00:00Z,purchase_completed,,,,1",
        header=HEADER,
    )
    story = json.loads(cli("explain", path, "c", "--as-of=2024-04-01", "--json").out)
    first, second, last = story["chapters"]

    assert first["transitions"][1]["evidence"] == [
        {
            "fact": "standing_purchases",
            "value": 1,
            "operator": "<=",
            "threshold": 1,
            "threshold_name": None,
            "holds": True,
            "gap": 0,
        }
    ]
    assert second["answers"][1] == {
        "axis": "situation",
        "opportunity_id": None,
        "answer": "refused",
        "rule": None,
    }
    assert second["refusals"][0]["checks"][0]["evidence"][0]["gap"] == 1
    assert (last["event"], last["transitions"][0]["rule"]) == (None, "settled")
    assert (story["situation"], story["facts"]["revenue"]) == ("occasional", "2")
    assert story["next_deadline"]["rule"] == "lapsed"
    assert {one["situation"] for one in story["ways_on"]} >= {"regular", "dissatisfied"}


def test_as_json_without_a_deadline(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """Nothing ahead is null."""
    path = log("c,2024-01-01T00:00Z,contacted,,,,", header=HEADER)

    assert json.loads(cli("explain", path, "c", "--json").out)["next_deadline"] is None
