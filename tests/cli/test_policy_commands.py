"""`lifecycle check`, `lifecycle rules` and `lifecycle schema`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lifecycle_model import DEFAULT_RULES, Axis, Guard, Policy, Rule, RuleTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Ran


def policy(text: str, name: str = "shop.toml") -> str:
    """Write a policy."""
    Path(name).write_text(text, encoding="utf-8")
    return name


def test_fine_policy(cli: Callable[..., Ran]) -> None:
    """A sound policy is summed up by what differs from the default."""
    name = policy(
        'name = "shop"\nversion = "7"\nlapsed_days = 400\ncurrency = "EUR"\n'
        "preferred_revenue = 99.5\nqualifying_behaviours = []\n"
    )
    ran = cli("check", name)

    assert (ran.code, ran.err) == (0, "")
    lines = [line.split() for line in ran.out.splitlines()]
    assert lines[:2] == [["shop.toml:", "fine"], ["name", "shop,", "version", "7"]]
    assert ["preferred_revenue", "99.5", "0"] in lines
    assert ["lapsed_days", "400", "395"] in lines
    assert ["currency", "EUR", "none"] in lines
    assert any(line[:2] == ["qualifying_behaviours", "none"] for line in lines)


def test_default_policy(cli: Callable[..., Ran]) -> None:
    """A policy that changes nothing says so, and the rules are proved under it."""
    ran = cli("check", "default")
    told = ran.out.split("\n\n")

    assert told[0].endswith("\ndigest " + Policy().digest)
    assert told[1] == "Every threshold is the default."
    assert told[2].startswith("2,172 cases of the rules, each with one answer on each axis:\n")
    assert "no-longer-valuable" in told[3]


def test_policy_that_uses_everything(cli: Callable[..., Ran]) -> None:
    """Where every threshold decides something, only the question for a survey is idle."""
    name = policy(
        "preferred_revenue = 2\nkeep_preferred_revenue = 1\nmax_positions_skipped = 0\n"
        "recovery_needs_confirmation = true\n"
    )
    told = cli("check", name).out

    assert "always holds" not in told
    assert "never fires" not in told
    assert told.count("never holds") == 2  # a survey alone ends a dissatisfaction


def test_thresholds_that_lock_a_state(cli: Callable[..., Ran]) -> None:
    """Rules that contradict each other under a policy end the command, with the reason."""
    ran = cli("check", policy("preferred_days = 400\n"), "--json")

    assert (ran.code, ran.out) == (1, "")
    headline, fault, *idle = ran.err.splitlines()
    assert headline == "error: shop.toml: 1 fault of the rules under this policy"
    assert fault.strip().startswith("situation: 'preferred': is unreachable from non_customer")
    assert [line.strip().removeprefix("situation rule ") for line in idle] == [
        "'became-preferred': purchase_days >= 400 (preferred_days): never holds",
        "'no-longer-valuable': revenue < 0 (keep_preferred_revenue): never holds",
    ]


def test_rule_behind_others(cli: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that other rules forestall is told without a guard."""
    low, high = (
        Rule(name, Axis.SITUATION, ("potential",), "survey_answered", "occasional", (guard,))
        for name, guard in {
            "low": Guard("score", "<=", 6),
            "high": Guard("score", ">", 6),
        }.items()
    )
    late = Rule("late", Axis.SITUATION, ("potential",), "survey_answered", "regular")
    monkeypatch.setattr(
        "lifecycle_model.cli.check.DEFAULT_RULES", RuleTable((low, high, late, *DEFAULT_RULES))
    )

    assert ["late", "never", "fires"] in [
        line.split() for line in cli("check", "default").out.splitlines()
    ]
    told = json.loads(cli("check", "default", "--json").out)["proof"]["idle"]
    assert {"axis": "situation", "rule": "late", "guard": None, "why": "never fires"} in told


def test_fine_policy_as_json(cli: Callable[..., Ran]) -> None:
    """The same is there for programs."""
    found = json.loads(cli("check", "clothing_store", "--json").out)

    assert found["name"] == "clothing_store"
    assert found["differs"]["lapsed_days"] == {"value": 274, "default": 395}
    assert found["differs"]["qualifying_behaviours"]["value"] == ["fitting_room"]
    assert found["proof"]["cases"] == sum(found["proof"]["answers"]["position"].values())
    assert found["proof"]["idle"][0] == {
        "axis": "situation",
        "rule": "no-longer-valuable",
        "guard": "revenue < keep_preferred_revenue",
        "why": "never holds",
    }


def test_three_mistakes(cli: Callable[..., Ran]) -> None:
    """Every mistake of a policy is told at once."""
    ran = cli("check", policy("window_days = 0\nlapsed = 3\nregular_days = 1\n"), "--json")

    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "error: shop.toml: 3 mistakes\n"
        "  window_days: 0: Input should be greater than or equal to 1\n"
        "  lapsed: 3: is not a threshold: did you mean 'lapsed_days'?\n"
        "  keep_regular_days: 2: is above regular_days=1: lower it or raise regular_days\n"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x = ", "error: shop.toml: 1 mistake\n  TOML: "),
        ('preset = "grocry"', "did you mean 'grocery'?"),
    ],
)
def test_mistake_of_the_whole(cli: Callable[..., Ran], text: str, told: str) -> None:
    """Broken TOML and an unknown preset are one clear error."""
    ran = cli("check", policy(text))

    assert ran.code == 1
    assert told in ran.err


def test_unknown_preset(cli: Callable[..., Ran]) -> None:
    """A name that is neither a preset nor a file is an error with the nearest preset."""
    assert cli("check", "grocry").err == (
        "error: 'grocry' is neither a preset nor a file: did you mean 'grocery'?\n"
    )


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("none.toml", "No such file or directory"),
        (".", "Is a directory"),
        ("\0.toml", "embedded null byte"),
    ],
)
def test_unreadable_policy(cli: Callable[..., Ran], name: str, reason: str) -> None:
    """A policy that cannot be read is one clear error."""
    ran = cli("check", name)

    assert ran.code == 1
    assert ran.err.endswith(f"cannot be read: {reason}\n")


def test_file_of_a_presets_name(cli: Callable[..., Ran]) -> None:
    """A file wins over a preset of its name, since it is nearer to the user."""
    policy("lapsed_days = 777", "grocery")

    assert "777" in cli("check", "grocery").out


def test_rules_as_tables(cli: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    """Every row of both axes is printed with its thresholds, and no word is broken."""
    monkeypatch.setenv("COLUMNS", "80")
    ran = cli("rules", "--policy=grocery")
    first = [line.split(" ")[0] for line in ran.out.splitlines()]

    assert max(map(len, ran.out.splitlines())) <= 80
    assert {rule.id for rule in DEFAULT_RULES} <= set(first)
    assert "purchase_days >= 10 (preferred_days)" in ran.out
    assert "behaviour_qualifies == 1" in ran.out


def test_rules_as_json(cli: Callable[..., Ran]) -> None:
    """The rows are there for programs, with names and values of thresholds."""
    found = json.loads(cli("rules", "--json").out)
    rows = {(row["axis"], row["id"]): row for row in found["rules"]}

    assert len(rows) == len(DEFAULT_RULES)
    assert rows["situation", "became-preferred"] == {
        "axis": "situation",
        "id": "became-preferred",
        "sources": ["regular"],
        "kind": "purchase_completed",
        "target": "preferred",
        "guards": [
            {
                "fact": "purchase_days",
                "operator": ">=",
                "threshold": "preferred_days",
                "value": 6,
            },
            {
                "fact": "revenue",
                "operator": ">=",
                "threshold": "preferred_revenue",
                "value": "0",
            },
        ],
        "origin": ["S2"],
    }
    assert rows["position", "contract-cancelled"]["guards"][0]["threshold"] is None


@pytest.mark.parametrize(
    ("subject", "key"),
    [("events", "oneOf"), ("customer", "properties"), ("policy", "properties")],
)
def test_schema(cli: Callable[..., Ran], subject: str, key: str) -> None:
    """Each JSON Schema is printed, with and without --json."""
    ran = cli("schema", subject)

    assert key in json.loads(ran.out)
    assert ">>>" not in ran.out
    assert cli("schema", subject, "--json") == ran
