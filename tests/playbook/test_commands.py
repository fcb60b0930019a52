from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playing import LIFECYCLE

from lifecycle_model import Customer
from lifecycle_model.cli import main
from lifecycle_model.cli.plan import tell_plan
from lifecycle_model.playbook import LANGUAGES, Playbook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., tuple[object, str, str]]

LOG = """customer_id,occurred_at,kind,amount,currency,channel,allowed
c,2024-01-01,purchase_completed,50,EUR,,
c,2024-01-31,purchase_completed,50,EUR,,
c,2024-03-01,purchase_completed,50,EUR,,
c,2024-03-02,consent_changed,,,email,false
c,2024-03-03,payment_overdue,,,,
"""


LEAD = "customer_id,occurred_at,kind\ne,2024-01-01T00:00Z,contacted\n"


@pytest.fixture
def cli(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Run:
    """Run a command beside a small log, on a plain terminal that is 80 columns wide."""
    for name, value in {"COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb"}.items():
        monkeypatch.setenv(name, value)
    for name in ("FORCE_COLOR", "GITHUB_ACTIONS", "PY_COLORS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "log.csv").write_text(LOG, encoding="utf-8")
    (tmp_path / "lead.csv").write_text(LEAD, encoding="utf-8")

    def run(*arguments: str) -> tuple[object, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        printed = capsys.readouterr()
        return ended.value.code, printed.out, printed.err

    return run


def plan(cli: Run, *more: str) -> tuple[object, str, str]:
    """Run `lifecycle plan` for customer `c`."""
    return cli("plan", "log.csv", "c", "--timezone", "UTC", *more)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_plan_reads_well(cli: Run, lang: str) -> None:
    """The plan fits the terminal and tells all its parts in one language."""
    code, out, err = plan(cli, "--lang", lang, "--as-of", "2024-06-30")
    words = Playbook.default(lang).words

    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 80
    assert not any(line != line.rstrip() for line in out.splitlines())
    for name in ("where", "to_do", "held", "why"):
        assert words.phrases[name] in out.splitlines()
    assert words.holds["payment_overdue"] in " ".join(out.split())
    assert words.states["regular"] in out


def test_plan_as_json(cli: Run) -> None:
    """Programs get ids and keys, whatever the language of the texts."""
    code, out, _ = plan(cli, "--lang", "it", "--as-of", "2024-06-30", "--json")
    found = json.loads(out)

    assert code == 0
    assert found["situation"] == "regular"
    assert found["due"] == {"on": "2025-01-30", "rule": "no-longer-regular"}
    assert [one["key"] for one in found["strategies"]][-1] == "idle"
    holds = {one["id"]: one["holds"] for one in found["held"]}
    assert holds["matching-suggestions"] == ["payment_overdue", "no_consent"]
    assert all(one["reasons"] for one in found["planned"])


def test_plan_without_deadline_or_holds(cli: Run) -> None:
    """A customer for whom nothing waits and nothing changes gets a shorter plan."""
    code, out, _ = cli("plan", "lead.csv", "e")
    text = cli("plan", "lead.csv", "e", "--json")[1]

    assert code == 0
    assert "Nothing changes by itself" in out
    assert "On hold" not in out
    assert json.loads(text)["due"] is None


def test_plan_before_any_event(cli: Run) -> None:
    """Where all events lie ahead, the plan is that of the instant asked for."""
    code, out, _ = plan(cli, "--as-of", "2023-01-01")

    assert code == 0
    assert "Non-customer" in out


def test_plan_of_a_customer_without_events(capsys: pytest.CaptureFixture[str]) -> None:
    """A customer without a clock has a plan that names no day."""
    tell_plan(LIFECYCLE.plan(Customer(id="c")), timedelta(0))

    assert "As of" not in capsys.readouterr().out


def test_plan_with_an_own_playbook(cli: Run, tmp_path: Path) -> None:
    """A user's file is merged, and a key without texts shows its name."""
    own = (
        'languages = ["en"]\n[actions.dance]\ndepartment = "sales"\n'
        'works_towards = "preferred"\ntitle = "Dance"\ntext = "A waltz."\n'
        '[strategies."regular+monetization"]\nadd = ["dance"]\nquestion = "May I?"\n'
        '[strategies."regular+idle"]\nadd = ["dance"]\n'
    )
    (tmp_path / "own.toml").write_text(own, encoding="utf-8")
    code, out, _ = plan(cli, "--as-of", "2024-06-30", "--playbook", "own.toml")
    book = cli("playbook", "--playbook", "own.toml")[1]

    assert code == 0
    assert "  - Dance\n    A waltz.\n" in out
    assert "  Regular customer + Monetization\n    The buyer asks: May I?\n" in out
    assert "Regular customer + Nothing open\n  - Sales: Dance. A waltz.\n" in book


def test_plan_names_what_is_wrong(cli: Run) -> None:
    """Unknown customer, language, file: each is named with what there is."""
    code, _, err = plan(cli, "--lang", "fr")
    assert code == 2
    assert "use one of: en, pt, es, it" in err
    assert cli("plan", "lead.csv", "f")[2].startswith("error: lead.csv: holds no customer 'f'")
    assert plan(cli, "--playbook", "gone.toml")[2] == (
        "error: gone.toml: No such file or directory: name a TOML file that can be read\n"
    )


def test_plan_of_a_customer_who_cannot_be_folded(cli: Run, tmp_path: Path) -> None:
    """Where no event of the customer is left, there is no plan, and that is said."""
    rows = LOG.splitlines()[0] + "\nc,2024-01-01T00:00Z,purchase_completed,1,USD,,\n"
    (tmp_path / "usd.csv").write_text(rows, encoding="utf-8")
    (tmp_path / "eur.toml").write_text('currency = "EUR"', encoding="utf-8")
    code, _, err = cli("plan", "usd.csv", "c", "--policy", "eur.toml", "--skip-invalid")

    assert code == 1
    assert "no event of customer 'c' can be folded" in err


@pytest.mark.parametrize("lang", LANGUAGES)
def test_playbook_prints_everything(cli: Run, lang: str) -> None:
    """Every action and strategy is printed within the width of the terminal."""
    code, out, err = cli("playbook", "--lang", lang)
    book = Playbook.default(lang)
    text = " ".join(out.split())

    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 80
    assert all(" ".join(one.text.split()) in text for one in book.actions)
    assert all(book.words.key(one.key) in out.splitlines() for one in book.strategies)


def test_playbook_as_json(cli: Run) -> None:
    """Programs get every strategy with the ids of its actions, and every action once."""
    found = json.loads(cli("playbook", "--lang", "es", "--json")[1])
    ids = [one["id"] for one in found["actions"]]

    assert found["lang"] == "es"
    assert {one for held in found["strategies"] for one in held["actions"]} == set(ids)
    assert len(ids) == len(set(ids))


def test_check_of_a_sound_file(cli: Run, tmp_path: Path) -> None:
    """A file that fits is told with what it adds and removes."""
    own = (
        'languages = ["it", "pt"]\nwithout = ["cross-selling"]\n[actions.dance]\n'
        'department = "sales"\nworks_towards = "preferred"\ntitle = { it = "B", pt = "D" }\n'
        'text = { it = "B", pt = "D" }\n[strategies.regular]\nadd = ["dance"]\n'
    )
    (tmp_path / "own.toml").write_text(own, encoding="utf-8")
    code, out, _ = cli("playbook", "--check", "own.toml")
    found = json.loads(cli("playbook", "--check", "own.toml", "--json")[1])

    assert code == 0
    assert out.splitlines() == [
        "own.toml: valid in pt, it: 68 actions, 36 strategies",
        "  added: dance",
        "  removed: cross-selling",
    ]
    assert (found["valid"], found["languages"]) == (True, ["pt", "it"])
    assert (found["added"], found["removed"]) == (["dance"], ["cross-selling"])


def test_check_of_a_file_that_changes_nothing(cli: Run, tmp_path: Path) -> None:
    """A file without changes is valid, and nothing is listed."""
    (tmp_path / "own.toml").write_text("", encoding="utf-8")

    assert cli("playbook", "--check", "own.toml")[1] == (
        "own.toml: valid in en, pt, es, it: 68 actions, 36 strategies\n"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "without = ['cross-seling', 'ask-wy']",
            [
                "error: own.toml: 2 mistakes",
                "  without: 'cross-seling': is not an action: did you mean 'cross-selling'?",
                "  without: 'ask-wy': is not an action: did you mean 'ask-why'?",
            ],
        ),
        ("languages = 3", ["error: own.toml: 1 mistake"]),
        (
            "languages = ['fr']",
            ["error: own.toml: 1 mistake", "  languages: 'fr': use: en, pt, es, it"],
        ),
        ("[", ["error: own.toml: 1 mistake"]),
    ],
)
def test_check_names_every_mistake(
    cli: Run, tmp_path: Path, text: str, expected: list[str]
) -> None:
    """A file with mistakes ends with exit code 1, and each is told with its key."""
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    code, out, err = cli("playbook", "--check", "own.toml")

    assert (code, out) == (1, "")
    assert err.splitlines()[: len(expected)] == expected


def test_check_of_a_file_that_is_not_there(cli: Run) -> None:
    """A file that cannot be read is named."""
    code, _, err = cli("playbook", "--check", "gone.toml")

    assert code == 1
    assert err.startswith("error: gone.toml: No such file")
