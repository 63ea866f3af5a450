"""The flow that new calls follow, loaded again when its file changes; running calls keep theirs."""

from collections.abc import Collection
from pathlib import Path

import structlog

from config.documents import ConfigError
from ivr.flow import Flow
from ivr.script import load_flow

log = structlog.get_logger()


class Flows:
    """Every version that was served is kept, so that a call taken up after a restart of the
    service goes on in the flow in which it began."""

    def __init__(self, file: Path, prompts: Collection[str], kept: Path) -> None:
        """`kept` is the folder for served versions. Raises `ConfigError` for a bad file."""
        self._file = file
        self._prompts = prompts
        self._kept = kept
        kept.mkdir(parents=True, exist_ok=True)
        self._known: dict[str, Flow] = {}
        self.current = self._load()

    def of(self, version: str) -> Flow:
        """The flow of a version `name@version`; the current one if it is not known any more."""
        if not version or version == str(self.current):
            return self.current
        if version not in self._known:
            self._known[version] = self._remembered(version)
        return self._known[version]

    def reload(self) -> None:
        """Take the file's new content, or refuse it and stay with the old."""
        try:
            self.current = self._load()
        except ConfigError as error:
            log.error("flow.refused", problems=str(error), stays=str(self.current))
            return
        log.info("flow.loaded", flow=str(self.current), steps=len(self.current.steps))

    def _load(self) -> Flow:
        flow = load_flow(self._file, self._prompts)
        self._known[str(flow)] = flow
        (self._kept / f"{flow}.yaml").write_bytes(self._file.read_bytes())
        return flow

    def _remembered(self, version: str) -> Flow:
        path = self._kept / f"{version}.yaml"
        if path.parent == self._kept and path.exists():
            try:
                return load_flow(path, self._prompts)
            except ConfigError as error:
                log.error("flow.version_unreadable", flow=version, problems=str(error))
        return self.current
