"""The settings of one installation: `STATE/saluran.yaml`, overridden by the environment.

`SALURAN_HTTP__PORT=8000` overrides `http: {port: …}`. Relative paths are meant from the state
folder. No secret stands here, only the names of the files that hold them.
"""

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from config.clock import Clock
from config.documents import ConfigError, Document, Problem, load
from config.problems import explained
from config.secret_files import read_secret
from config.settings_groups import (
    CHECKOUT,
    Callbacks,
    Database,
    Deadlines,
    Files,
    Http,
    Log,
    Name,
    Oidc,
    Pbx,
    Phones,
    Retained,
    Slots,
    Waiting,
    Web,
    Webhooks,
)
from config.settings_whatsapp import WhatsApp

__all__ = [
    "CHECKOUT",
    "DEFAULT_STATE",
    "FILE_NAME",
    "Pbx",
    "Settings",
    "json_schema",
    "load_settings",
]

PREFIX = "SALURAN_"
DEFAULT_STATE = Path(".state/demo")
FILE_NAME = "saluran.yaml"


class Settings(BaseSettings):
    """One installation. Make it with `load_settings`."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        env_prefix=PREFIX,
        env_nested_delimiter="__",
    )

    state: Path
    """The state folder; given on the command line, never in the file."""
    number: Annotated[str, Field(pattern=r"^[0-9]{3,15}$")] = "1500587"
    """The hotline's number as the PBX dials it."""
    languages: Annotated[tuple[Literal["id", "en"], ...], Field(min_length=1)] = ("id", "en")
    """The first is spoken to callers who have not chosen."""
    flow: Name = "hotline"
    """The menu's name: its file in `files.flows`, without `.yaml`."""
    hours: Literal["office", "always", "never"] = "office"
    """`office` follows the calendar; the others are for trying things out."""
    clock_offset: Annotated[float, Field(allow_inf_nan=False, ge=-4e9, le=4e9)] = 0.0
    """Seconds by which the service's clock is ahead of the system's; for demos and tests."""
    pbx: Pbx = Pbx()
    database: Database = Database()
    phones: Phones = Phones()
    http: Http = Http()
    web: Web = Web()
    webhooks: Webhooks = Webhooks()
    whatsapp: WhatsApp = WhatsApp()
    oidc: Oidc | None = None
    files: Files = Files()
    log: Log = Log()
    callbacks: Callbacks = Callbacks()
    slots: Slots = Slots()
    waiting: Waiting = Waiting()
    deadlines: Deadlines = Deadlines()
    retention: Mapping[Name, Retained] = {}
    """Days that each kind of data is kept; kinds that are not named keep their default, which
    `saluran retention --dry-run` lists."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what it is given: `load_settings` merges file and environment, to blame the right
        one for a mistake."""
        return (init_settings,)

    @property
    def clock(self) -> Clock:
        return Clock(timedelta(seconds=self.clock_offset))

    def pbx_secret(self) -> SecretStr:
        """The manager user's secret; raises `ConfigError`."""
        return read_secret(self.pbx.secret_file)

    def database_url(self) -> SecretStr:
        """The database's address; raises `ConfigError`."""
        if self.database.url is not None:
            return SecretStr(self.database.url)
        return read_secret(self.database.url_file)

    def pin_key(self) -> SecretStr:
        """The key that PINs are hashed with; raises `ConfigError`."""
        return read_secret(self.files.pin_key)

    def web_key(self) -> SecretStr:
        """The key that second factors are encrypted with; raises `ConfigError`."""
        return read_secret(self.web.key_file)

    def desk_key(self) -> SecretStr:
        """The key by which the desk asks the service; raises `ConfigError`."""
        return read_secret(self.http.key_file)

    def oidc_secret(self) -> SecretStr | None:
        """The secret by which the OpenID provider knows the desk, if it has one; raises
        `ConfigError`."""
        file = self.oidc and self.oidc.secret_file
        return read_secret(file) if file else None

    def whatsapp_token(self) -> SecretStr:
        """The access token of the WhatsApp Cloud API; raises `ConfigError`."""
        return read_secret(self.whatsapp.token_file)

    def whatsapp_app_secret(self) -> SecretStr:
        """What webhooks of WhatsApp are signed with; raises `ConfigError`."""
        return read_secret(self.whatsapp.app_secret_file)

    def whatsapp_verify_token(self) -> SecretStr:
        """The words by which Meta's dashboard proves that it asks; raises `ConfigError`."""
        return read_secret(self.whatsapp.verify_token_file)

    def recordings_key(self) -> SecretStr:
        """The key that recordings are encrypted with; raises `ConfigError`."""
        return read_secret(self.files.recordings_key)


def load_settings(state: Path | None = None, file: Path | None = None) -> Settings:
    """The settings of a state folder, or of a file (its folder is the state unless given).

    Raises `ConfigError` with every mistake, blaming the place in the file or the variable.
    """
    state = (state or (file.parent if file else DEFAULT_STATE)).absolute()
    document = load(file or state / FILE_NAME)
    if not isinstance(document.value, dict):
        raise ConfigError(document.problem((), "this is no mapping", "write `key: value` lines"))
    if "state" in document.value:
        message = "the state folder is not a setting"
        raise ConfigError(document.key_problem(("state",), message, "give it as `--state DIR`"))
    try:
        settings = Settings(**_overridden(document.value) | {"state": state})
    except ValidationError as error:
        raise ConfigError(*_problems(document, error)) from None
    return _anchored(settings, state)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of `saluran.yaml`, for editors."""
    schema = Settings.model_json_schema()
    del schema["properties"]["state"]
    schema["required"].remove("state")
    return schema


def _overridden(values: dict[str, Any]) -> dict[str, Any]:
    try:
        environment = EnvSettingsSource(Settings)()
    except SettingsError as error:
        message, remedy = str(error), "write lists and groups as JSON"
        raise ConfigError(Problem("environment", 0, 0, message, remedy)) from None
    environment.pop("state", None)
    return _merged(values, environment)


def _merged(below: dict[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for name, value in above.items():
        under = merged.get(name)
        if isinstance(under, dict) and isinstance(value, Mapping):
            merged[name] = _merged(under, value)
        else:
            merged[name] = value
    return merged


def _problems(document: Document, error: ValidationError) -> list[Problem]:
    problems = [
        Problem(variable, 0, 0, *explained(details))
        for details in error.errors(include_url=False)
        if (variable := _variable(details["loc"]))
    ]
    return [*document.problems(error, unless=_variable), *problems]


def _variable(path: tuple[str | int, ...]) -> str | None:
    """The environment's variable that set the value at `path`, if one did."""
    present = {name.upper(): name for name in os.environ}
    names = [PREFIX + "__".join(map(str, path[:end])) for end in range(len(path), 0, -1)]
    return next((present[name.upper()] for name in names if name.upper() in present), None)


ModelT = TypeVar("ModelT", bound=BaseModel)


def _anchored(model: ModelT, folder: Path) -> ModelT:
    """The same settings with every relative path made absolute."""
    changed: dict[str, Any] = {}
    for name in type(model).model_fields:
        match getattr(model, name):
            case Path() as path:
                changed[name] = folder / path
            case BaseModel() as group:
                changed[name] = _anchored(group, folder)
    return model.model_copy(update=changed)
