"""What Hypothesis calls when it is imported: it learns how to make the types of the model."""

from typing import TYPE_CHECKING, Any

from lifecycle_model.customer import Customer
from lifecycle_model.events import EVENT_TYPES, BaseEvent
from lifecycle_model.policy import Policy
from lifecycle_model.rules import RuleTable

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


def register() -> None:
    """Register a strategy for each type; each is made when a test first asks for it.

    >>> from hypothesis import find, strategies as st
    >>> from lifecycle_model import SurveyAnswered
    >>> register()
    >>> find(st.from_type(SurveyAnswered), lambda survey: survey.score > 8).score
    9
    """
    # Whoever calls this has imported Hypothesis; the package itself never does.
    from hypothesis.strategies import register_type_strategy  # noqa: PLC0415

    types: tuple[type[Any], ...] = (BaseEvent, *EVENT_TYPES, Customer, Policy, RuleTable)
    for cls in types:
        register_type_strategy(cls, _strategy)


def _strategy(cls: type[Any]) -> "SearchStrategy[Any]":
    # Neither Hypothesis nor this package waits for the strategies before they are needed.
    from lifecycle_model import testing  # noqa: PLC0415

    if issubclass(cls, BaseEvent):
        field = cls.model_fields.get("kind")
        return testing.events() if field is None else testing.events(kinds=(field.default,))
    if issubclass(cls, Customer):
        return testing.customers()
    return testing.policies() if issubclass(cls, Policy) else testing.rule_tables()
