"""The stores that the storage tests use."""

from tests.storage.conftest import sqlite

__all__ = ["sqlite"]
