from tests.calls.fixtures import caller, hotline, ledger

__all__ = ["caller", "hotline", "ledger"]
