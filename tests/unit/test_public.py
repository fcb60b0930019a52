from __future__ import annotations

import dataclasses
import doctest
import inspect
import subprocess
import sys
from enum import EnumType

import pytest
from pydantic import BaseModel, TypeAdapter

import lifecycle_model
from lifecycle_model import EVENT_TYPES, Event, Lifecycle, Policy, RuleTable, errors

NAMES = lifecycle_model.__all__
CLASSES = [value for name in NAMES if inspect.isclass(value := getattr(lifecycle_model, name))]


def written_order(name: str) -> tuple[int, str]:
    """Return the key by which exports are sorted: constants, classes, functions."""
    rank = 0 if name.isupper() else 1 if name[0].isupper() else 2
    return rank, name


def test_sorted() -> None:
    """The exports are sorted, each once, so that a difference is seen."""
    assert sorted(set(NAMES), key=written_order) == list(NAMES)


def test_nothing_more() -> None:
    """Every public name of the package, modules left out, is promised."""
    found = {
        name
        for name, value in vars(lifecycle_model).items()
        if not name.startswith("_") and not inspect.ismodule(value)
    }

    assert found == set(NAMES) - {"errors"}


def test_every_event_class_is_exported() -> None:
    """An event that can be parsed can be imported by its class."""
    assert {cls.__name__ for cls in EVENT_TYPES} <= set(NAMES)


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_classes_have_docstrings(cls: type) -> None:
    """A class, and each of its own public methods, says what it is for in its own words."""
    own = {
        name: value
        for name, value in vars(cls).items()
        if not name.startswith("_")
        and (inspect.isfunction(value) or isinstance(value, property))
    }

    assert cls.__doc__
    assert not cls.__doc__.startswith(f"{cls.__name__}(")
    assert [name for name, value in own.items() if not value.__doc__] == []


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_values_are_frozen(cls: type) -> None:
    """Whatever is handed out cannot be changed."""
    if issubclass(cls, BaseModel):
        assert cls.model_config["frozen"] is True
        assert cls.model_config["extra"] == "forbid"
    elif dataclasses.is_dataclass(cls) and not issubclass(cls, Exception):
        assert cls.__dataclass_params__.frozen
    else:
        assert isinstance(cls, EnumType) or issubclass(cls, tuple | Exception)


@pytest.mark.parametrize(
    ("where", "names"),
    [
        (Lifecycle, "replay apply advance status next_deadline why_not path"),
        (Policy, "preset from_toml"),
        (lifecycle_model, "parse_event"),
        (errors, "did_you_mean shown"),
    ],
)
def test_public_functions_have_examples(where: object, names: str) -> None:
    """A public verb shows how it is used, in an example that is run."""
    parser = doctest.DocTestParser()

    for name in names.split():
        assert parser.get_examples(getattr(where, name).__doc__), name


@pytest.mark.parametrize("cls", [Lifecycle, RuleTable, Policy, lifecycle_model.Customer])
def test_main_classes_have_examples(cls: type) -> None:
    """The classes that users begin with show how they are used."""
    assert doctest.DocTestParser().get_examples(cls.__doc__ or "")


def test_event_is_a_field() -> None:
    """A user's own pydantic model can hold any event, told apart by its kind."""

    class Message(BaseModel):
        event: Event

    data = {"kind": "product_used", "customer_id": "c", "occurred_at": "2024-05-01T12:00:00Z"}

    assert Message.model_validate({"event": data}).event.kind == "product_used"
    assert len(TypeAdapter(Event).json_schema()["oneOf"]) == 27


def test_star_import() -> None:
    """Importing everything brings what is promised and warns of nothing."""
    code = "from lifecycle_model import *; print(Lifecycle.__name__, errors.__name__)"

    printed = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        check=True,
        encoding="utf-8",
    )

    assert printed.stdout.split() == ["Lifecycle", "lifecycle_model.errors"]
