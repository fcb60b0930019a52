"""What the lifecycle says about the business, in figures that state their denominators."""

from lifecycle_model.insight.accounting import growth
from lifecycle_model.insight.backtesting import Backtest, backtest
from lifecycle_model.insight.bgnbd import BGNBD, fit_bgnbd
from lifecycle_model.insight.book import Book, of_replay
from lifecycle_model.insight.candidates import Behaviours, behaviours
from lifecycle_model.insight.chain import Chain, value
from lifecycle_model.insight.comparing import WhatIf, what_if
from lifecycle_model.insight.conversion import Funnel, funnel
from lifecycle_model.insight.dealing import Deals, deals
from lifecycle_model.insight.effects import Actions, actions
from lifecycle_model.insight.flowing import Flows, flows, time_in_state
from lifecycle_model.insight.histories import of_histories
from lifecycle_model.insight.lifecurve import Tenure, tenure
from lifecycle_model.insight.markov import expected_numbers, expected_steps, lifetime_value
from lifecycle_model.insight.retention import margin_multiple, retention_value
from lifecycle_model.insight.standings import Standings, standings
from lifecycle_model.insight.surveys import Satisfaction, net_promoter_score, satisfaction
from lifecycle_model.insight.tables import Figure, Ratio, Table

__all__ = [
    "BGNBD",
    "Actions",
    "Backtest",
    "Behaviours",
    "Book",
    "Chain",
    "Deals",
    "Figure",
    "Flows",
    "Funnel",
    "Ratio",
    "Satisfaction",
    "Standings",
    "Table",
    "Tenure",
    "WhatIf",
    "actions",
    "backtest",
    "behaviours",
    "deals",
    "expected_numbers",
    "expected_steps",
    "fit_bgnbd",
    "flows",
    "funnel",
    "growth",
    "lifetime_value",
    "margin_multiple",
    "net_promoter_score",
    "of_histories",
    "of_replay",
    "retention_value",
    "satisfaction",
    "standings",
    "tenure",
    "time_in_state",
    "value",
    "what_if",
]
