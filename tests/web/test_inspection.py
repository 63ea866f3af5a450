"""The machines' condition as it is found: a service that answers or not, a database, a PBX, a
backup."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import unused_port

from config.settings import Settings, load_settings
from scripts import http
from scripts.embedded.state import write_private
from scripts.health import LAST_BACKUP, Inspection
from tickets.cases.health import Condition, Part
from tickets.store import Store
from tickets.web.language import dictionaries

WELL: Mapping[str, Any] = {
    "ready": True,
    "pbx": "up",
    "database": "up",
    "spooled": 0,
    "calls": 2,
    "flow": "hotline@7",
    "numbers": 900,
}


class Service:
    """`/readyz` as the phone service tells it."""

    def __init__(self) -> None:
        self.told = dict(WELL)
        self.asked = 0

    def report(self) -> Mapping[str, Any]:
        self.asked += 1
        return self.told


async def nothing() -> Mapping[str, Any]:
    return {}


@pytest.fixture
def settings(tmp_path: Path, database: str) -> Settings:
    (tmp_path / "secrets").mkdir()
    write_private(tmp_path / "secrets" / "ami", "a secret of the tests\n")
    (tmp_path / "saluran.yaml").write_text(
        f"database: {{url: '{database}'}}\n"
        f"http: {{port: {unused_port()}}}\n"
        f"pbx: {{port: {unused_port()}, secret_file: secrets/ami}}\n"
    )
    return load_settings(tmp_path)


@pytest.fixture
async def service(settings: Settings) -> AsyncIterator[Service]:
    service = Service()
    runner = await http.serve(settings.http.host, settings.http.port, service.report, nothing)
    yield service
    await runner.cleanup()


async def found(settings: Settings, store: Store) -> Mapping[str, Part]:
    condition = await Inspection(settings, store)()
    for part in condition.parts:
        for words in dictionaries().values():
            assert part.found or part.key
            assert not part.key or words(f"health.say.{part.key}", **part.values)
            assert f"health.subject.{part.subject.partition(' ')[0]}" in words, part.subject
            done = part.remedy or f"health.do.{part.key}" in words
            assert done or part.level != "bad", part
    return {part.subject: part for part in condition.parts}


async def test_a_service_that_works_is_told_to_work(
    settings: Settings, store: Store, service: Service
) -> None:
    parts = await found(settings, store)
    for subject in ("service", "link", "service_database", "spool", "numbers", "database", "clock"):
        assert parts[subject].level == "good", parts[subject]
    assert parts["service"].values == {"calls": "2", "flow": "hotline@7"}
    assert parts["versions"].values["postgres"][0].isdigit()
    # This PBX is not there, and its folders are not.
    pbx = next(part for name, part in parts.items() if name.startswith("pbx"))
    assert (pbx.level, bool(pbx.remedy)) == ("bad", True)
    assert "a secret of the tests" not in str(parts)
    assert parts["folder spool"].remedy.startswith("mkdir")


async def test_what_is_away_is_told_with_its_remedy(
    settings: Settings, store: Store, service: Service
) -> None:
    service.told |= {"ready": False, "pbx": "down", "database": "away", "spooled": 41, "numbers": 3}
    parts = await found(settings, store)
    assert {name: parts[name].key for name in ("service", "link", "service_database")} == {
        "service": "service_not_ready",
        "link": "link_down",
        "service_database": "service_database_away",
    }
    assert (parts["spool"].level, parts["spool"].values) == ("bad", {"facts": "41"})
    assert parts["numbers"].level == "bad"


async def test_a_service_that_is_not_there_is_told(settings: Settings, store: Store) -> None:
    parts = await found(settings, store)
    assert (parts["service"].level, parts["service"].key) == ("bad", "service_away")
    assert parts["service"].values["where"].endswith(str(settings.http.port))
    assert parts["database"].level == "good"


async def test_another_program_at_that_address_is_no_service(
    settings: Settings, store: Store, service: Service
) -> None:
    service.told = {"ready": True}
    assert (await found(settings, store))["service"].key == "service_away"


async def test_a_database_that_is_away_is_told_without_its_password(
    settings: Settings, tmp_path: Path
) -> None:
    away = f"postgresql://saluran:hunter2@127.0.0.1:{unused_port()}/saluran"
    text = (tmp_path / "saluran.yaml").read_text().splitlines(keepends=True)[1:]
    (tmp_path / "saluran.yaml").write_text("".join(text))
    write_private(tmp_path / "secrets" / "database", away + "\n")
    store = Store(away)
    parts = await found(load_settings(tmp_path), store)
    await store.close()
    assert (parts["database"].level, bool(parts["database"].remedy)) == ("bad", True)
    assert "hunter2" not in str(parts)
    assert parts["versions"].values["postgres"] == "?"


async def test_the_last_backup_is_known_once_its_script_tells(
    settings: Settings, store: Store
) -> None:
    assert (await found(settings, store))["backup"].level == "unknown"
    file = settings.state / LAST_BACKUP
    file.touch()
    assert (await found(settings, store))["backup"].key == "backup"
    old = time.time() - 30 * 3600
    os.utime(file, (old, old))
    part = (await found(settings, store))["backup"]
    assert (part.level, part.values) == ("bad", {"hours": "30"})


async def test_many_who_look_make_one_look(
    settings: Settings, store: Store, service: Service
) -> None:
    inspection = Inspection(settings, store)
    seen: list[Condition] = await asyncio.gather(*(inspection() for _ in range(8)))
    assert service.asked == 1
    assert len({id(one) for one in seen}) == 1
