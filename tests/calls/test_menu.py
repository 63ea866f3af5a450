"""The menu as callers hear it: every branch, and every wrong turn."""

import asyncio

from scripts.caller import Call
from tests.calls.callers import Caller, agrees, e164, is_told_ticket, says_goodbye
from tests.calls.crowd import Crowd
from tests.calls.ledger import Ledger, Step

crowd = Crowd()

MENUS = {
    "1": "products-menu",
    "2": "stock-menu",
    "3": "complaints-menu",
    "4": "training-menu",
}
BRANCHES = {
    "0": ("UMUM", {}),
    "11": ("GANTI", {"scheme": "reseller"}),
    "12": ("GANTI", {"scheme": "wholesale"}),
    "13": ("GANTI", {"scheme": "consignment"}),
    "10": ("GANTI", {}),
    "22": ("STOK", {"wish": "replace"}),
    "31": ("DARING", {}),
    "32": ("SELUNDUP", {}),
    "33": ("TERTIB", {}),
    "34": ("LAYANAN", {}),
    "41": ("LATIH", {}),
    "42": ("KUR", {}),
}
"""The keys to an officer, and what the ticket then says."""
TRAININGS, OFFERED = "41", ("training-next", "training-none")
"""Where trainings are planned they are offered first."""


async def _takes(caller: Caller, ledger: Ledger, keys: str) -> None:
    async with caller.dials() as call:
        await agrees(call)
        await call.presses(keys[0])
        if len(keys) > 1:
            await call.hears(MENUS[keys[0]])
            await call.presses(keys[1])
        if keys == TRAININGS and await call.hears_one_of(OFFERED) == OFFERED[0]:
            await call.presses("0")
        await call.hears("all-busy", "number-we-call")
    ticket = await ledger.ticket(call)
    assert (ticket.category, ticket.fields) == BRANCHES[keys]
    assert ticket.reason == "abandoned"


@crowd.joins
async def test_every_branch_leads_to_an_officer_and_to_its_category(
    caller: Caller, ledger: Ledger
) -> None:
    async with asyncio.TaskGroup() as callers:
        for keys in BRANCHES:
            callers.create_task(_takes(caller, ledger, keys))


@crowd.joins
async def test_the_rule_on_stock_is_information_and_needs_no_ticket(
    caller: Caller, ledger: Ledger
) -> None:
    async with caller.dials() as call:
        await agrees(call)
        await call.presses("2")
        await call.hears("stock-menu")
        await call.presses("1")
        await call.hears("stock-rule", whole=True)
        await says_goodbye(call)

    assert (await ledger.row(call)).outcome == "information"
    assert await ledger.tickets(call) == []


@crowd.joins
async def test_a_star_goes_back_and_repeats(caller: Caller, ledger: Ledger) -> None:
    async with caller.dials() as call:
        await agrees(call)
        await call.presses("*")
        await call.hears("main-menu")
        await call.presses("3")
        await call.hears("complaints-menu")
        await call.presses("*")
        await call.hears("main-menu")

    steps = [step.step for step in await ledger.steps(call) if step.event == "entered"]
    assert steps[-4:] == ["main", "main", "complaints", "main"]


@crowd.joins
async def test_whoever_needs_more_starts_again(caller: Caller, ledger: Ledger) -> None:
    async with caller.dials() as call:
        await agrees(call)
        await call.presses("2")
        await call.hears("stock-menu")
        await call.presses("1")
        await call.hears("more", timeout=25)
        await call.presses("1")
        await call.hears("greeting-morning")

    assert (await ledger.row(call)).outcome == "information"


@crowd.joins
async def test_three_silences_lead_to_an_officer(caller: Caller, ledger: Ledger) -> None:
    async with caller.dials() as call:
        await agrees(call)
        await call.presses("4")
        await call.hears("training-menu")
        await call.hears("silence", "training-menu", "silence", "training-menu", timeout=25)
        await call.hears("all-busy", timeout=25)

    events = [step.event for step in await ledger.steps(call) if step.step == "training"]
    assert events == ["entered", "silence", "silence", "silence", "gave_up"]


@crowd.joins
async def test_three_wrong_keys_lead_to_an_officer(caller: Caller, ledger: Ledger) -> None:
    async with caller.dials() as call:
        await agrees(call)
        await call.presses("7")
        await call.hears("invalid", "main-menu")
        await call.presses("#")
        await call.hears("invalid", "main-menu")
        await call.presses("8")
        await call.hears("all-busy")

    wrong = [step.detail for step in await ledger.steps(call) if step.event == "invalid"]
    assert wrong == ["7", "#", "8"]


@crowd.joins
async def test_the_letters_of_a_telephone_are_wrong_keys(caller: Caller, ledger: Ledger) -> None:
    async with caller.dials() as call:
        await agrees(call)
        for key in "ABC":
            await call.presses(key)
            if key != "C":
                await call.hears("invalid", "main-menu")
        await call.hears("all-busy")

    wrong = [step.detail for step in await ledger.steps(call) if step.event == "invalid"]
    assert wrong == ["A", "B", "C"]


@crowd.joins
async def test_a_flood_of_keys_harms_nobody_else(caller: Caller, ledger: Ledger) -> None:
    async def floods() -> Call:
        async with caller.dials() as call:
            await agrees(call)
            await call.presses("7" * 60, gap=0.02)
            # What was pressed ahead answers the next questions wrongly too, and still: a promise.
            await call.hears("all-busy", "promise-soon", timeout=60)
            return call

    async def stays_calm() -> Call:
        async with caller.dials() as call:
            await agrees(call)
            for _ in range(6):
                await call.presses("*")
                await call.hears("main-menu")
            return call

    flooding, calm = await asyncio.gather(floods(), stays_calm())

    assert (await ledger.row(calm)).last_step == "main"
    assert (await ledger.row(flooding)).outcome == "promise"


@crowd.joins
async def test_another_language_is_chosen_by_key_and_remembered_for_the_number(
    caller: Caller, ledger: Ledger
) -> None:
    async with caller.dials(number="081311112222") as first:
        await agrees(first)
        await first.presses("9")
        await first.hears("main-menu", language="en")
        await first.presses("0")
        await first.hears("all-busy", language="en")
    assert (await ledger.ticket(first)).language == "en"

    async with caller.dials(number="+6281311112222") as again:
        again.language = "en"
        await agrees(again)
        await again.presses("9")
        await again.hears("main-menu", language="id")
    assert (await ledger.row(again)).phone == e164("081311112222")


@crowd.joins
async def test_consent_is_what_was_keyed_and_silence_is_none(
    caller: Caller, ledger: Ledger
) -> None:
    async def consents(key: str | None) -> list[bool]:
        async with caller.dials() as call:
            await call.hears("consent")
            if key:
                await call.presses(key)
            await call.hears("main-menu", timeout=40)
        await ledger.row(call)
        rows = await ledger.fetch(
            "SELECT granted FROM consent s JOIN call c ON c.id = s.call WHERE dialled = $1",
            call.dialled,
        )
        return [row["granted"] for row in rows]

    found = await asyncio.gather(consents("1"), consents("2"), consents("5"), consents(None))

    assert list(found) == [[True], [False], [], []]


@crowd.joins
async def test_a_ticket_is_told_twice_and_in_the_callers_language(
    caller: Caller, ledger: Ledger
) -> None:
    async with caller.dials() as call:
        await agrees(call)
        await call.presses("9")
        call.language = "en"
        await call.hears("main-menu")
        await call.presses("0")
        await call.hears("number-right", timeout=30)
        await call.presses("1")
        first = await is_told_ticket(call)
        await call.hears("ticket-again")
        again = await is_told_ticket(call)

    assert first == again
    assert (await ledger.ticket(call)).number == first[0]
    assert Step("promise", "promised", "") in await ledger.steps(call)
