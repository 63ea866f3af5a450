from tests.calls.fixtures import caller, gathered, hotline, ledger

__all__ = ["caller", "gathered", "hotline", "ledger"]
