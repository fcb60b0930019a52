"""One page about a log: figures, charts and customers, in one file that needs no network."""

from lifecycle_model.report.data import document
from lifecycle_model.report.page import page

__all__ = ["document", "page"]
