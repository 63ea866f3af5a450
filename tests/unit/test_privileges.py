"""Started by root, everything runs as the state folder's owner; else as who started it."""

import os
import pwd
from pathlib import Path

import pytest

from scripts.embedded import privileges, process
from scripts.embedded.errors import SetupError

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can step down to another user")
as_user = pytest.mark.skipif(os.geteuid() == 0, reason="root has other ways")


@as_root
def test_a_new_state_of_roots_belongs_to_an_ordinary_user(tmp_path: Path) -> None:
    privileges.prepare(tmp_path / "state")
    assert privileges.owner(tmp_path / "state").pw_name in privileges.ORDINARY_USERS


@as_root
def test_a_state_that_somebody_owns_stays_theirs(tmp_path: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    privileges.give(tmp_path, nobody)
    privileges.prepare(tmp_path)
    assert privileges.owner(tmp_path) == nobody


@as_root
def test_a_folder_of_roots_with_other_files_in_it_is_not_given_away(tmp_path: Path) -> None:
    (tmp_path / "accounts.ods").touch()
    with pytest.raises(SetupError, match="holds files that are not a demo's"):
        privileges.prepare(tmp_path)
    assert (tmp_path / "accounts.ods").stat().st_uid == 0


@as_root
def test_a_program_of_roots_runs_as_the_owner_even_below_a_closed_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    state = tmp_path / "state"
    privileges.prepare(state)
    said = process.run(["sh", "-c", f"id -u; id -G; ls -d {state}"], state)
    user = privileges.owner(state)
    assert said.split() == [str(user.pw_uid), str(user.pw_gid), str(state)]


@as_root
@pytest.mark.skipif(not Path("/usr/bin/python3").exists(), reason="no Python that all can reach")
def test_the_right_to_enter_closed_folders_is_passed_on_only_where_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(privileges, "CHECKOUT", Path("/usr"))
    monkeypatch.setattr("sys.executable", "/usr/bin/python3")
    state = Path("/tmp") / f"saluran-open-{os.getpid()}"  # noqa: S108
    privileges.prepare(state)
    try:
        assert not [word for word in privileges.entry(state) if "caps" in word]
    finally:
        state.rmdir()


@as_user
def test_an_ordinary_user_runs_everything_as_themselves(tmp_path: Path) -> None:
    privileges.prepare(tmp_path / "state")
    assert process.run(["id", "-u"], tmp_path / "state").strip() == str(os.geteuid())


def test_a_program_that_fails_is_told_with_what_it_said(tmp_path: Path) -> None:
    privileges.prepare(tmp_path / "state")
    with pytest.raises(SetupError, match="`sh` failed: no such line"):
        process.run(["sh", "-c", "echo no such line >&2; exit 3"], tmp_path / "state")
