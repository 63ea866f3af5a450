"""What `scripts/shift` sets up is what the service of today accepts."""

import json
from pathlib import Path

from config.calendar import Calendar
from config.queues import load_queues
from config.settings import load_settings
from scripts.embedded.installation import Installation
from tests.shift import house
from tests.shift.house import House


def test_settings_queues_and_calendar_of_a_shift_are_accepted(tmp_path: Path) -> None:
    options = house.options(tmp_path, tmp_path / "sounds")
    office = House(Installation(tmp_path, options), minutes=10)
    house.write(tmp_path, office)
    (tmp_path / "saluran.yaml").write_text(json.dumps(dict(options.settings)))

    settings = load_settings(tmp_path)
    assert set(load_queues(settings.files.queues)) == {"umum", "produsen", "pengaduan"}
    hours = Calendar.load(settings.files.calendar).day(house.MORNING.date()).intervals
    assert hours[0][1] == office.closes.time()
