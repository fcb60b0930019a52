"""A strategy for customers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from lifecycle_model.customer import Customer
from lifecycle_model.lifecycle import Lifecycle
from lifecycle_model.testing.logs import logs_in
from lifecycle_model.testing.policies import policies
from lifecycle_model.testing.scene import scene_of
from lifecycle_model.testing.values import names

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy


def customers(
    *, lifecycle: Lifecycle | None = None, customer_id: str | None = None
) -> SearchStrategy[Customer]:
    """Generate customers as histories leave them; the simplest has no history.

    Args:
        lifecycle: what folds their histories, and can continue them; the default rules under
            any policy where not given.
        customer_id: who they are; anybody where not given.

    >>> from hypothesis import find
    >>> lifecycle = Lifecycle()
    >>> someone = find(customers(lifecycle=lifecycle), lambda customer: customer.clock)
    >>> lifecycle.advance(someone, to=someone.clock).transitions
    ()
    """
    return _customers(lifecycle, customer_id)


@st.composite
def _customers(draw: DrawFn, lifecycle: Lifecycle | None, customer_id: str | None) -> Customer:
    if lifecycle is None:
        lifecycle = Lifecycle(draw(policies()))
    elif not isinstance(lifecycle, Lifecycle):
        raise InvalidArgument(f"lifecycle={lifecycle!r} is not a Lifecycle")
    if customer_id is None:
        customer_id = draw(names())
    scene = replace(scene_of(lifecycle), customer_id=customer_id)
    log = draw(logs_in(scene))
    customer = lifecycle.replay(log, customer=Customer(id=customer_id)).customer
    if customer.clock is None:
        return customer
    wait = draw(st.sampled_from(scene.days))
    return lifecycle.advance(customer, to=customer.clock + timedelta(days=wait)).customer
