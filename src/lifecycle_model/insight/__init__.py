"""What the lifecycle says about the business, in figures that state their denominators."""

from lifecycle_model.insight.accounting import growth
from lifecycle_model.insight.book import Book, of_replay
from lifecycle_model.insight.histories import of_histories
from lifecycle_model.insight.tables import Figure, Ratio, Table

__all__ = ["Book", "Figure", "Ratio", "Table", "growth", "of_histories", "of_replay"]
