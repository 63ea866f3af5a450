from tests.calls.fixtures import caller, gathered, hotline, ledger
from tests.calls.lone_fixtures import lone, pbx, phone

__all__ = ["caller", "gathered", "hotline", "ledger", "lone", "pbx", "phone"]
