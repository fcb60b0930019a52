"""Checking the laws on a lifecycle of the user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from lifecycle_model.errors import LawBroken
from lifecycle_model.testing.laws import LAWS, name_of
from lifecycle_model.testing.laws.trial import trials

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import SearchStrategy

    from lifecycle_model.lifecycle import Lifecycle
    from lifecycle_model.testing.laws import Law
    from lifecycle_model.testing.laws.trial import Trial


def check_lifecycle_laws(lifecycle: Lifecycle, *, max_examples: int | None = None) -> None:
    """Hold the laws of folding, evidence and time against rules and a policy of your own.

    They are tried on logs that come to the policy's thresholds and just miss them. What is not
    said here is as the current Hypothesis profile says.

    Args:
        lifecycle: the rules and the policy.
        max_examples: on how many logs the laws are tried.

    Raises:
        LawBroken: a law, a minimal history that breaks it, and what differs.

    >>> from lifecycle_model import Lifecycle, Policy
    >>> check_lifecycle_laws(Lifecycle(Policy.grocery()), max_examples=5)
    """
    hold_laws(st.just(lifecycle), max_examples=max_examples)


def hold_laws(
    lifecycles: SearchStrategy[Lifecycle],
    laws: Sequence[Law] = LAWS,
    *,
    max_examples: int | None = None,
) -> None:
    """Hold laws against lifecycles.

    Raises:
        LawBroken: a law, a minimal history that breaks it, and what differs.
    """
    broken: list[Law] = []
    profile = settings()

    @settings(
        max_examples=max_examples or profile.max_examples,
        # Why an example fails, in the words of Hypothesis, would speak of this function.
        phases=[phase for phase in profile.phases if phase is not Phase.explain],
        database=None,
        deadline=None,
        print_blob=False,
        report_multiple_bugs=False,
        # Iterating is redefined in a metaclass of its own, which the checker cannot follow.
        suppress_health_check=list(HealthCheck),  # pyright: ignore[reportArgumentType]
    )
    @given(trials(lifecycles))
    def hold(trial: Trial) -> None:
        # Once a law broke, the history is made smaller for that law alone.
        for law in broken or laws:
            try:
                law(trial)
            except Exception as error:
                broken[:] = [law]
                # An error that no verb should raise breaks the law too.
                known = isinstance(error, AssertionError)
                details = str(error) if known else f"{type(error).__name__}: {error}"
                raise LawBroken(name_of(law), tuple(trial.log), details) from error

    try:
        hold()
    except LawBroken as found:
        # Without the notes of Hypothesis, which speak of it too.
        raise LawBroken(found.law, found.history, found.details) from found.__cause__
