"""Hypothesis knows the types of the model, without being told."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import metadata
from random import Random

import pytest
from hypothesis import Phase, find, settings, strategies as st

from lifecycle_model import EVENT_TYPES, BaseEvent, Customer, Event, Policy, RuleTable
from lifecycle_model.hypothesis_hook import register

FINDING = settings(
    max_examples=2000, database=None, phases=(Phase.generate, Phase.shrink), deadline=None
)


@pytest.mark.parametrize(
    "cls", [*EVENT_TYPES, BaseEvent, Customer, Policy, RuleTable], ids=lambda cls: cls.__name__
)
def test_a_registered_type_is_made(cls: type) -> None:
    """A value of the very type comes from `st.from_type`."""
    register()
    found = find(st.from_type(cls), lambda _: True, settings=FINDING, random=Random(0))

    assert isinstance(found, cls)


def test_the_union_of_all_events_is_made() -> None:
    """`Event`, told apart by kind, is one of all classes."""
    register()
    any_event = st.from_type(Event)
    found = find(
        any_event, lambda event: event.kind == "case_opened", settings=FINDING, random=Random(0)
    )

    assert found.case_id == "a"


def test_the_entry_point_is_ours() -> None:
    """What the package's metadata names is the function that registers."""
    (entry,) = metadata.entry_points(group="hypothesis", name="lifecycle_model")

    assert entry.load() is register


def test_importing_hypothesis_is_enough() -> None:
    """In a fresh process the types are known, and the strategies wait until they are needed."""
    code = (
        "import sys; from hypothesis import find, strategies as st\n"
        "from lifecycle_model import Policy\n"
        "assert 'lifecycle_model.testing' not in sys.modules\n"
        "print(find(st.from_type(Policy), lambda one: one.cold_days < 90).cold_days)"
    )
    clean = {name: value for name, value in os.environ.items() if "NO_PLUGINS" not in name}

    printed = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        check=True,
        encoding="utf-8",
        env=clean,
    )

    assert printed.stdout == "1\n"
