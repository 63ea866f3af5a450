"""A hotline of its own: what the desk shows is asked of its whole day."""

from tests.calls.fixtures import caller, hotline, ledger, queue

__all__ = ["caller", "hotline", "ledger", "queue"]
