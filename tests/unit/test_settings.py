"""The settings: file, environment over it, secrets in files of their own."""

import json
import os
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from config.documents import ConfigError, load
from config.settings import CHECKOUT, Settings, json_schema, load_settings


@pytest.fixture(autouse=True)
def _no_settings_around(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith("SALURAN_")]:
        monkeypatch.delenv(name)


def settings(state: Path, text: str) -> Settings:
    (state / "saluran.yaml").write_text(text)
    return load_settings(state)


def problems(state: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        settings(state, text)
    return str(raised.value).replace(f"{state}/", "").split("\n")


def secret(path: Path, text: str, mode: int = 0o600) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


def test_a_file_that_says_little_gets_the_defaults_of_its_state(tmp_path: Path) -> None:
    made = settings(tmp_path, "number: '1500587'")
    assert made.files.spool == tmp_path / "spool"
    assert made.pbx.messages == made.files.messages == tmp_path / "pbx/messages"
    assert made.files.flows == CHECKOUT / "config/flows"
    assert made.pbx.ca_file is None
    assert made.deadlines.categories["SELUNDUP"] == 60
    assert (made.http.host, made.languages, made.hours) == ("127.0.0.1", ("id", "en"), "office")


def test_paths_are_meant_from_the_state_folder(tmp_path: Path) -> None:
    made = settings(tmp_path, "files: {spool: elsewhere/spool, cdr: /var/log/Master.csv}")
    assert made.files.spool == tmp_path / "elsewhere/spool"
    assert made.files.cdr == Path("/var/log/Master.csv")


def test_a_settings_file_elsewhere_may_serve_a_state_folder(tmp_path: Path) -> None:
    file = tmp_path / "etc.yaml"
    file.write_text("number: '1500588'")
    assert load_settings(file=file).state == tmp_path
    made = load_settings(tmp_path / "state", file)
    assert (made.state, made.number) == (tmp_path / "state", "1500588")


def test_some_deadlines_may_be_named_alone(tmp_path: Path) -> None:
    made = settings(tmp_path, "deadlines: {first_response: 2, categories: {INFO: 1}}")
    assert made.deadlines.first_response == 2
    assert made.deadlines.categories["INFO"] == 1
    assert made.deadlines.categories["GANTI"] == 14


def test_the_environment_stands_above_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SALURAN_HTTP__PORT", "9000")
    monkeypatch.setenv("SALURAN_LANGUAGES", '["en"]')
    monkeypatch.setenv("SALURAN_STATE", "/nowhere")
    made = settings(tmp_path, "http: {host: '::1', port: 8000}")
    assert (made.http.host, made.http.port, made.languages) == ("::1", 9000, ("en",))
    assert made.state == tmp_path


def test_a_mistake_in_the_environment_blames_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SALURAN_HTTP__PORT", "many")
    told = problems(tmp_path, "http: {port: 8000}\nhours: sometimes")
    assert told == [
        "saluran.yaml:2:8: `hours`: input should be 'office', 'always' or 'never'"
        " — correct the value",
        "SALURAN_HTTP__PORT: `port`: input should be a valid integer, unable to parse string as an"
        " integer — correct the value",
    ]


def test_a_list_in_the_environment_must_be_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SALURAN_LANGUAGES", "[id")
    (told,) = problems(tmp_path, "{}")
    assert "languages" in told
    assert told.endswith("write lists and groups as JSON")


def test_every_mistake_of_the_file_is_told_at_its_place(tmp_path: Path) -> None:
    text = """number: 1500587
http: {port: 99999, prot: 3}
pbx:
  name: "a b"
  tls: maybe
database: {url: "postgresql://a:b@h/d"}
deadlines: {categories: {GANTI: 0, LAIN: 2}}
languages: []
clock_offset: .inf
"""
    places = [told.split(": ")[0] for told in problems(tmp_path, text)]
    assert places == [
        f"saluran.yaml:{place}"
        for place in ["1:9", "2:14", "2:21", "4:9", "5:8", "6:17", "7:33", "7:36", "8:12", "9:15"]
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("state: /x", "saluran.yaml:1:1: the state folder is not a setting — give it as `--state"),
        ("- a", "saluran.yaml:1:1: this is no mapping — write `key: value` lines"),
        ("pbx:", "saluran.yaml:1:5: `pbx`"),
        (
            "database: {url: 'postgresql://a:geheim@h/d'}",
            "saluran.yaml:1:17: the address holds a password — put the address into `url_file`",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_a_remedy(tmp_path: Path, text: str, told: str) -> None:
    (only,) = problems(tmp_path, text)
    assert only.startswith(told)


def test_a_missing_settings_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"saluran\.yaml: the file does not exist — create it"):
        load_settings(tmp_path)


def test_settings_cannot_be_changed(tmp_path: Path) -> None:
    made = settings(tmp_path, "{}")
    with pytest.raises(ValueError, match="frozen"):
        made.number = "1"  # type: ignore[misc]
    with pytest.raises(ValueError, match="frozen"):
        made.http.port = 1  # type: ignore[misc]


def test_secrets_are_read_from_their_files_and_never_shown(tmp_path: Path) -> None:
    made = settings(tmp_path, "{}")
    secret(tmp_path / "secrets/ami", "geheim\n")
    secret(tmp_path / "secrets/database", "postgresql://a:geheim@h/d")
    secret(tmp_path / "secrets/pin.key", "kunci-pin", 0o400)
    secret(tmp_path / "secrets/recordings.key", "kunci-rekaman")
    read = [made.pbx_secret(), made.database_url(), made.pin_key(), made.recordings_key()]
    assert [one.get_secret_value() for one in read] == [
        "geheim",
        "postgresql://a:geheim@h/d",
        "kunci-pin",
        "kunci-rekaman",
    ]
    assert "geheim" not in f"{read} {made!r}"


def test_an_address_without_a_password_needs_no_file(tmp_path: Path) -> None:
    made = settings(tmp_path, "database: {url: 'postgresql:///saluran?host=/run/postgresql'}")
    assert made.database_url().get_secret_value() == "postgresql:///saluran?host=/run/postgresql"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666])
def test_a_secret_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    secret(tmp_path / "secrets/ami", "geheim", mode)
    path = tmp_path / "secrets/ami"
    with pytest.raises(ConfigError) as raised:
        settings(tmp_path, "{}").pbx_secret()
    told = f"{path}: others may read this secret (mode {mode:04o}) — chmod 600 {path}"
    assert str(raised.value) == told


@pytest.mark.parametrize(
    ("content", "told"),
    [(b" \n", "the secret's file is empty"), (b"\xff", "the secret is not text")],
)
def test_a_secret_that_says_nothing_is_refused(tmp_path: Path, content: bytes, told: str) -> None:
    secret(tmp_path / "secrets/ami", "")
    (tmp_path / "secrets/ami").write_bytes(content)
    with pytest.raises(ConfigError, match=told):
        settings(tmp_path, "{}").pbx_secret()


def test_a_secret_that_is_not_there_or_a_folder_is_told(tmp_path: Path) -> None:
    made = settings(tmp_path, "{}")
    with pytest.raises(ConfigError, match="file does not exist — create it, mode 0600"):
        made.pbx_secret()
    (tmp_path / "secrets/ami").mkdir(parents=True)
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        made.pbx_secret()


def test_the_schema_takes_what_the_settings_take(tmp_path: Path) -> None:
    schema = json.loads(json.dumps(json_schema()))
    Draft202012Validator.check_schema(schema)
    file = tmp_path / "saluran.yaml"
    file.write_text("pbx: {port: 5039}\ndeadlines: {categories: {INFO: 1}}")
    validator = Draft202012Validator(schema)
    assert validator.is_valid(load(file).value)
    assert not validator.is_valid({"pbx": {"prot": 1}})
    assert all("description" in field for field in schema["$defs"]["Files"]["properties"].values())


def test_the_clock_is_ahead_by_its_offset(tmp_path: Path) -> None:
    clock = settings(tmp_path, "clock_offset: 3600").clock
    ahead = clock.now() - settings(tmp_path, "{}").clock.now()
    assert round(ahead.total_seconds() / 60) == 60
    assert clock.stopwatch() <= clock.stopwatch()


@pytest.mark.parametrize(
    "site",
    [
        "http://crm.example.go.id",
        "https://user@crm.example.go.id",
        "https://crm.example.go.id/path",
        "https://crm.example.go.id?x=1",
        "ftp://crm.example.go.id",
        "crm.example.go.id",
    ],
)
def test_what_is_no_site_is_told_nothing(tmp_path: Path, site: str) -> None:
    (said,) = problems(tmp_path, f"webhooks:\n  origins: ['{site}']\n")
    assert said.startswith("saluran.yaml:2:")
    assert "site" in said


def test_sites_are_by_https_and_on_loopback_by_http_too(tmp_path: Path) -> None:
    text = "webhooks: {origins: ['https://crm.example.go.id/', 'http://127.0.0.1:9000']}"
    expected = {"https://crm.example.go.id", "http://127.0.0.1:9000"}
    assert settings(tmp_path, text).webhooks.origins == expected
