"""The words of the model: two axes with transitions, four values derived from them.

The strings are stored by users, so each is written out and never reused.
"""

from enum import StrEnum


class Situation(StrEnum):
    """The customer's relationship with us: the first axis of the machine.

    Source: S2, the check list of six situations.

    >>> Situation("regular")
    <Situation.REGULAR: 'regular'>
    """

    NON_CUSTOMER = "non_customer"
    POTENTIAL = "potential"
    OCCASIONAL = "occasional"
    REGULAR = "regular"
    PREFERRED = "preferred"
    DISSATISFIED = "dissatisfied"


class BuyingPosition(StrEnum):
    """Where one buying decision stands: the second axis, one value per opportunity.

    The five positions follow the work of Neil Rackham and Huthwaite. They form a cycle: after
    `implementation` comes `status_quo` again. Source: S0.

    >>> list(BuyingPosition)[0]
    <BuyingPosition.STATUS_QUO: 'status_quo'>
    """

    STATUS_QUO = "status_quo"
    NEEDS_RECOGNITION = "needs_recognition"
    OPTIONS_EVALUATION = "options_evaluation"
    CONCERNS_RESOLUTION = "concerns_resolution"
    IMPLEMENTATION = "implementation"


class LifecycleStage(StrEnum):
    """Which job the company has with this customer. Derived. Source: S0."""

    SEGMENTATION = "segmentation"
    ACQUISITION = "acquisition"
    MONETIZATION = "monetization"
    RETENTION = "retention"
    RECOVERY = "recovery"


class FunnelGroup(StrEnum):
    """The customer's group in the sales funnel. Derived. Source: S1."""

    SUSPECT = "suspect"
    PROSPECT = "prospect"
    CUSTOMER = "customer"


class SalesStep(StrEnum):
    """The step of the sales cycle, one of eight. Derived. Source: S3."""

    LEAD_GENERATION = "lead_generation"
    CONTACT = "contact"
    UNDERSTANDING = "understanding"
    OFFER = "offer"
    DELIVERY = "delivery"
    FOLLOW_UP = "follow_up"
    DEVELOPMENT = "development"
    WIN_BACK = "win_back"


class ServiceState(StrEnum):
    """Where the service cycle beside the sales cycle stands. Derived. Source: S3."""

    IDLE = "idle"
    REQUEST_OPEN = "request_open"
    COMPLAINT_OPEN = "complaint_open"
    AWAITING_CONFIRMATION = "awaiting_confirmation"


class Axis(StrEnum):
    """The two axes that have transitions."""

    SITUATION = "situation"
    POSITION = "position"
