"""Policies and playbooks: raw text, and lines put together."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

from fuzzing.dice import Dice
from fuzzing.fuzz_models import stored_customers
from fuzzing.pieces import ROOT, TEXTS
from lifecycle_model import Customer, Lifecycle, LifecycleError, Policy
from lifecycle_model.playbook import Playbook
from lifecycle_model.policy import PRESETS

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYS = (*Policy.model_fields, "preset", "lapsed_day", '""', '"a.b"', "a.b", "name.x")

LITERALS = (
    "0",
    "1",
    "3",
    "365",
    "-1",
    "1000000000000000000",
    "1000000000000000001",
    "9" * 300,
    "9" * 5000,
    "1.5",
    "0.00001",
    "1e11",
    "1e999999999",
    "1e-999999999",
    "nan",
    "-inf",
    "true",
    "2024-05-01",
    "2024-05-01T12:00:00Z",
    "12:00:00",
    "[]",
    '["free_trial"]',
    '["a", 1, []]',
    "{}",
    "{a = 1}",
    "0xff",
    *(f'"{name}"' for name in PRESETS),
    '"1.50"',
    '"sNaN"',
    '""',
    '"EUR"',
    '"\\ud800"',
    '"\\u202e"',
    '"""',
    "'x",
    "",
)

PIECES = (
    'languages = ["en"]\n',
    'languages = ["en", "pt"]\n',
    "languages = []\n",
    'languages = ["xx"]\n',
    'without = ["cross-selling"]\n',
    'without = ["cross-sell", 1]\n',
    "[actions.call]\n",
    "[actions.cross-selling]\n",
    '[actions."\\u0000"]\n',
    "[[actions]]\n",
    "[strategies.regular]\n",
    "[strategies.nowhere]\n",
    '[strategies."dissatisfied+status_quo"]\n',
    "[strategies]\n",
    "replace = true\n",
    'department = "sales"\n',
    'department = "kitchen"\n',
    'works_towards = "purchase_completed"\n',
    'works_towards = ""\n',
    'source = "own"\n',
    'channel = "email"\n',
    "promotion = true\n",
    'title = "Call"\n',
    'title = {en = "Call", pt = "Ligar"}\n',
    "title = {en = 1}\n",
    'text = "Call {customer_id} {"\n',
    'text = "{days} {0} {!r} {a[b]} {a.b:>9999999999}"\n',
    'text = "Call."\n',
    'add = ["call"]\n',
    'actions = ["call", "call"]\n',
    'actions = ["cross-selling"]\n',
    "actions = []\n",
    'remove = ["cross-selling", "call"]\n',
    'strategy = "S"\n',
    'question = "Q?"\n',
    'result = {en = "R"}\n',
    'handover = "H"\n',
    "x = 1\n",
)


def policy_texts(data: bytes) -> None:
    """Load bytes as a policy."""
    _check_policy(data.decode("utf-8", "replace"))


def policy_lines(data: bytes) -> None:
    """Load a policy of lines put together."""
    dice = Dice(data)
    lines = [f"{dice.pick(KEYS)} = {dice.pick(LITERALS)}" for _ in range(dice.upto(5) + 1)]
    _check_policy("\n".join(lines))


def _check_policy(text: str) -> None:
    with suppress(LifecycleError):
        policy = Policy.from_toml(text)
        assert Policy.model_validate_json(policy.model_dump_json()) == policy
        lifecycle = Lifecycle(policy)
        for customer in _customers():
            with suppress(LifecycleError):
                lifecycle.status(customer)
                lifecycle.next_deadline(customer)


@cache
def _customers() -> list[Customer]:
    return [Customer.from_json(one) for one in stored_customers()[::40]]


def playbook_texts(data: bytes) -> None:
    """Load bytes as a playbook."""
    _check_playbook(data.decode("utf-8", "replace"))


def playbook_pieces(data: bytes) -> None:
    """Load a playbook of lines put together."""
    dice = Dice(data)
    lines = [dice.pick(PIECES) for _ in range(dice.upto(20) + 1)]
    if dice.upto(3) == 0:
        lines.append(f"text = '''{dice.pick(TEXTS)}{dice.text()}'''\n")
    _check_playbook("".join(lines))


def _check_playbook(text: str) -> None:
    with suppress(LifecycleError):
        playbook = Playbook.from_toml(text)
        for customer in _customers():
            Lifecycle().plan(customer, playbook=playbook)


def policy_texts_seeds() -> Iterator[bytes]:
    """Yield every preset, and every threshold at its default."""
    yield from (f'preset = "{name}"\nname = "x"\n'.encode() for name in PRESETS)
    fields = Policy().model_dump(mode="json", exclude_none=True).items()
    yield "".join(f"{name} = {value!r}\n" for name, value in fields).lower().encode()


def playbook_texts_seeds() -> Iterator[bytes]:
    """Yield the playbooks of the how-to page."""
    page = (ROOT / "docs" / "how-to" / "own-playbook.md").read_text(encoding="utf-8")
    for part in page.split("```toml")[1:]:
        yield part.partition("\n")[2].partition("```")[0].encode()
    yield "".join(PIECES).encode()
