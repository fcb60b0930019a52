"""Folding a log in columns: quick for logs of any size. It needs the extra `columnar`."""

from lifecycle_model.cli.columns.way import fold_in_columns

__all__ = ["fold_in_columns"]
