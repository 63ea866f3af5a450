"""The commands for the service and its installation as a whole."""

from rich.markup import escape

from scripts.cli import show
from scripts.cli.codes import OK, PROBLEMS
from scripts.cli.place import Here, Json


def serve(*, place: Here) -> None:
    """Run the service until it is told to stop (SIGTERM or Ctrl-C).

    Started by root, it goes on as the owner of the state folder.
    """
    import asyncio

    from scripts.cli.owner import step_down
    from scripts.embedded.state import serving
    from scripts.service import run

    settings = place.settings()
    step_down(settings.state)
    with serving(settings.state):
        asyncio.run(run(settings))


async def migrate(*, place: Here) -> None:
    """Bring the database to the schema of this release; safe while others do the same."""
    from tickets.migrate import migrate as bring_up

    applied = await bring_up(place.settings().database_url().get_secret_value())
    show.said("\n".join(f"applied {name}" for name in applied) or "The schema is current.")


async def check(*, place: Here, json: Json = False) -> int:
    """Look at everything the service needs; tell each problem with its remedy.

    Started by root, it looks as the owner of the state folder.
    """
    from scripts.check import check as findings
    from scripts.embedded.privileges import become_owner

    settings = place.settings()
    if settings.state.stat().st_uid:  # else there is nobody to step down to
        become_owner(settings.state)
    found = []
    async for finding in findings(settings):
        found.append(finding)
        if not json:
            sign = "[green]ok[/green]     " if finding.ok else "[red]problem[/red]"
            remedy = f" — {finding.remedy}" if finding.remedy else ""
            line = f"{sign} {finding.subject}: {escape(finding.found + remedy)}"
            show.out.print(line, soft_wrap=True)
    if json:
        show.document(
            [
                {"subject": f.subject, "ok": f.ok, "found": f.found, "remedy": f.remedy}
                for f in found
            ]
        )
    return OK if all(finding.ok for finding in found) else PROBLEMS


async def audit(*, place: Here, json: Json = False) -> int:
    """Compare Asterisk's call records with the rows of calls, and calls with their promises.

    One to one, each call with the outcome that its rows tell, and each callback kept, live,
    cancelled or with a person: or a problem.
    """
    from dataclasses import asdict
    from datetime import timedelta

    from scripts.audit import audit as compare
    from scripts.cli.store import store
    from tickets.audit import promises

    settings = place.settings()
    abandoned_after = timedelta(seconds=settings.callbacks.abandoned_seconds)
    async with store(settings) as opened:
        calls = await compare(settings, opened)
        kept = await promises(opened, settings.clock.now(), abandoned_after)
    found = {"one_to_one": calls.one_to_one, **asdict(calls), "callbacks": asdict(kept)}
    found["contradictions"] = found["callbacks"].pop("contradictions")
    show.record(found, as_json=json)
    return OK if calls.one_to_one and not kept.contradictions else PROBLEMS
