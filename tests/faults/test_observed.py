"""What the service tells whoever watches it, and what it never tells."""

import asyncio
import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

from tests.calls.callers import Caller, e164
from tests.calls.hotline import Hotline
from tests.calls.ledger import Ledger
from tests.faults import quick_line
from tests.faults.logbook import Logbook

UUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}")


async def _asked(hotline: Hotline, path: str) -> tuple[int, str]:
    """Status and body that the service answers with."""

    def ask() -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"{hotline.installation.endpoints['http']}{path}") as found:  # noqa: S310
                return found.status, found.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

    return await asyncio.to_thread(ask)


async def _until_readiness_is(hotline: Hotline, status: int) -> str:
    """The body of the first answer with that status."""
    async with asyncio.timeout(20):
        while True:
            found, body = await _asked(hotline, "/readyz")
            if found == status:
                return body
            await asyncio.sleep(0.05)


async def _metrics(hotline: Hotline) -> dict[str, float]:
    """By name and labels, e.g. `saluran_call_outcomes_total{outcome="agent"}`."""
    _, text = await _asked(hotline, "/metrics")
    lines = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


def _values(value: Any) -> Iterator[str]:
    """Every value of an event but its time; ids are no words."""
    match value:
        case dict():
            for key, inner in value.items():
                if key != "at":
                    yield from _values(inner)
        case list():
            for inner in value:
                yield from _values(inner)
        case _:
            yield UUID.sub("", str(value))


async def test_a_call_is_closed_by_one_line_and_no_secret_is_ever_told(
    caller: Caller, ledger: Ledger
) -> None:
    hotline = caller.hotline
    await quick_line.serves(hotline)
    log = Logbook(hotline)
    async with caller.rings(number="081255501234") as asking:
        await asking.hears("main-menu")
        await asking.presses("1")
        await asking.hears("number-we-call")
        await asking.presses("2")
        await asking.hears("number-enter")
        await asking.presses("081377709876#", gap=0.05)
        await asking.hears("number-we-call")
        await asking.presses("1")
        await asking.hears("ticket-number")
        number = await asking.reads_digits(8)
        await asking.hears("ticket-pin")
        pin = await asking.reads_digits(4)
    await ledger.row(asking)
    async with caller.rings(number="081255501234") as enquiring:
        await enquiring.hears("main-menu")
        await enquiring.presses("5")
        await enquiring.hears("enquiry-number")
        await enquiring.presses(f"{number}#", gap=0.05)
        await enquiring.hears("enquiry-pin")
        await enquiring.presses(f"{pin}#", gap=0.05)
        await enquiring.hears("enquiry-report")
    await ledger.row(enquiring)

    await log.tells("call.ended", outcome="hung_up", ticket=False)
    first, second = log.events("call.ended")
    assert {name: first[name] for name in ("outcome", "step", "language", "ticket", "owed")} == {
        "outcome": "promise", "step": "promise", "language": "id", "ticket": True, "owed": False,
    }  # fmt: skip
    assert first["seconds"] > 5
    assert first["flow"] == (await ledger.row(asking)).flow
    assert first["call"] != second["call"]
    _tells_nothing_of(log, pin, "081255501234", "081377709876")


def _tells_nothing_of(log: Logbook, pin: str, *phones: str) -> None:
    text = log.text()
    for phone in phones:
        assert phone[1:] not in text
        assert e164(phone) not in text
    assert not [
        value
        for event in log.events()
        for value in _values(event)
        if pin in re.findall(r"\d+", value)
    ]


async def test_secrets_are_in_no_log(caller: Caller) -> None:
    """After the service has been started, at the least."""
    await quick_line.serves(caller.hotline)
    text = caller.hotline.log()
    assert "service.started" in text
    secrets = list((caller.hotline.installation.state.folder / "secrets").iterdir())
    assert len(secrets) >= 5
    for secret in secrets:
        said = secret.read_text().strip()
        assert said not in text, secret.name
    assert caller.hotline.installation.state.secret("postgres") not in text


async def test_metrics_count_calls_steps_outcomes_and_where_callers_gave_up(
    caller: Caller, ledger: Ledger
) -> None:
    hotline = caller.hotline
    await quick_line.serves(hotline)
    before = await _metrics(hotline)
    async with caller.rings(number="anonymous") as call:
        await call.hears("main-menu")
        during = await _metrics(hotline)
        await call.presses("0")
        await call.hears("closed-menu")
    await ledger.row(call)
    after = await _metrics(hotline)

    def more(name: str) -> float:
        return after[name] - before.get(name, 0.0)

    assert during["saluran_calls_now"] == 1
    assert more("saluran_calls_total") == 1
    assert more('saluran_steps_total{event="key",step="main"}') == 1
    assert more('saluran_call_outcomes_total{outcome="hung_up"}') == 1
    assert more('saluran_calls_abandoned_total{step="busy"}') == 1
    assert more("saluran_call_errors_total") == 0
    assert 0 < after["saluran_ami_lag_seconds"] < 1
    assert after["saluran_ami_up"] == 1
    assert after["saluran_spool_depth"] == 0
    assert after["saluran_pool_connections"] >= 1
    assert after["saluran_pool_idle"] >= 0


async def test_without_the_pbx_the_service_is_alive_but_not_ready(caller: Caller) -> None:
    hotline = caller.hotline
    await quick_line.serves(hotline)
    assert (await _asked(hotline, "/readyz"))[0] == 200
    await asyncio.to_thread(hotline.installation.stop_asterisk)
    try:
        assert json.loads(await _until_readiness_is(hotline, 503))["pbx"] == "down"
        assert (await _asked(hotline, "/healthz"))[0] == 200
        assert (await _metrics(hotline))["saluran_ami_up"] == 0
    finally:
        await asyncio.to_thread(hotline.installation.start_asterisk)
    await _until_readiness_is(hotline, 200)
    async with caller.rings() as call:
        await call.hears("main-menu")
