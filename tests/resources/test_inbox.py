"""Files enter the inbox in one step that a crash cannot tear."""

import shutil
from pathlib import Path

import pytest

from bpa_resources import inbox as module
from bpa_resources.errors import InputError
from bpa_resources.inbox import Inbox, fingerprint


class PowerLostError(Exception):
    """Raised where a kill would strike."""


def file(path: Path, content: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


def with_two_logs(tmp_path: Path) -> Inbox:
    inbox = Inbox(tmp_path / "inbox")
    file(inbox.folder / "a.csv", "old a")
    file(inbox.folder / "b.csv", "old b")
    file(inbox.folder / "process.yaml", "name: old")
    return inbox


def contents(inbox: Inbox) -> dict[str, str]:
    """Files of the inbox with their content; replaced ones below `.replaced`, without the time."""
    found = {}
    for path in inbox.folder.rglob("*"):
        if path.is_file():
            parts = path.relative_to(inbox.folder).parts
            found["/".join(part for index, part in enumerate(parts) if parts[0] != ".replaced" or index != 1)] = (
                path.read_text()
            )
    return found


_AFTER = {
    "a.csv": "new a", "c.csv": "new c", "process.yaml": "name: new",
    ".replaced/a.csv": "old a", ".replaced/b.csv": "old b", ".replaced/process.yaml": "name: old",
}  # fmt: skip
_BEFORE = {"a.csv": "old a", "b.csv": "old b", "process.yaml": "name: old"}


def received(inbox: Inbox, tmp_path: Path) -> str:
    new = [file(tmp_path / "new" / "a.csv", "new a"), file(tmp_path / "new" / "c.csv", "new c")]
    return inbox.receive(new, config=file(tmp_path / "new" / "settings.yaml", "name: new")).token


def test_new_files_wait_and_then_enter_at_once(tmp_path: Path) -> None:
    inbox = with_two_logs(tmp_path)
    token = received(inbox, tmp_path)
    assert [path.name for path in inbox.logs()] == ["a.csv", "b.csv"]
    assert [path.read_text() for path in inbox.logs_with(token)] == ["new a", "new c"]
    assert inbox.beside("process.yaml", token).read_text() == "name: new"
    assert inbox.beside("process.yaml").read_text() == "name: old"
    inbox.accept(token)
    assert not inbox.is_waiting(token)
    inbox.tidy()
    assert contents(inbox) == _AFTER


@pytest.mark.parametrize("step", range(8))
def test_a_crash_at_any_rename_loses_nothing_and_is_finished_by_who_comes_next(
    step: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = with_two_logs(tmp_path)
    token = received(inbox, tmp_path)
    rename, calls = Path.rename, iter(range(100))

    def failing(path: Path, target: Path) -> Path:
        if next(calls) == step:
            raise PowerLostError
        return rename(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", failing)
        try:
            inbox.accept(token)
        except PowerLostError:
            crashed = True
        else:
            crashed = False
    assert crashed == (step < 7)  # the list of moves, 3 out, 3 in: all of them were tried
    everything = sorted(text for path, text in contents(inbox).items() if "/." not in path)
    assert all(text in everything for text in [*_BEFORE.values(), "new a", "new c", "name: new"])
    inbox.tidy()
    assert contents(inbox) == (_BEFORE if step == 0 else _AFTER)


def test_a_crash_while_tidying_up_is_finished_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = with_two_logs(tmp_path)
    token = received(inbox, tmp_path)

    def failing(*_: object) -> None:
        raise PowerLostError

    with monkeypatch.context() as patch:
        patch.setattr(module.shutil, "rmtree", failing)
        with pytest.raises(PowerLostError):
            inbox.accept(token)
    inbox.tidy()
    inbox.tidy()
    assert contents(inbox) == _AFTER


def test_files_that_waited_for_a_run_that_is_gone_are_forgotten(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "inbox")
    inbox.receive([file(tmp_path / "a.csv", "a")])
    inbox.tidy()
    assert not inbox.folder.exists()


def test_added_files_join_those_that_are_there(tmp_path: Path) -> None:
    inbox = with_two_logs(tmp_path)
    got = inbox.receive([file(tmp_path / "c.csv", "c"), file(tmp_path / "d.csv", "old a")], add=True)
    assert got.ignored == ("d.csv has the same content as a.csv and is ignored",)
    assert [path.name for path in inbox.logs_with(got.token)] == ["a.csv", "b.csv", "c.csv"]
    inbox.accept(got.token)
    assert contents(inbox) == {**_BEFORE, "c.csv": "c"}


def test_settings_alone_leave_the_logs_where_they_are(tmp_path: Path) -> None:
    inbox = with_two_logs(tmp_path)
    token = inbox.receive([], config=file(tmp_path / "settings.yaml", "name: new")).token
    assert [path.read_text() for path in inbox.logs_with(token)] == ["old a", "old b"]
    inbox.accept(token)
    assert contents(inbox) == {**_BEFORE, "process.yaml": "name: new", ".replaced/process.yaml": "name: old"}


def test_a_log_of_the_inbox_itself_can_be_given(tmp_path: Path) -> None:
    inbox = with_two_logs(tmp_path)
    inbox.accept(inbox.receive([inbox.folder / "a.csv"]).token)
    assert contents(inbox)["a.csv"] == "old a"
    assert [path.name for path in inbox.logs()] == ["a.csv"]


@pytest.mark.parametrize("cut", [1, 3, 1 << 20])
def test_the_beginning_of_a_known_file_is_refused(cut: int, tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "inbox")
    whole = "case,activity\n" * 200_000
    file(inbox.folder / "a.csv", whole)
    with pytest.raises(InputError, match=r"b\.csv .*a\.csv.*cut"):
        inbox.receive([file(tmp_path / "b.csv", whole[:cut])])
    longer = inbox.receive([file(tmp_path / "a.csv", whole + "more\n")])
    assert longer.ignored == ()
    assert inbox.receive([file(tmp_path / "a.csv", "c" + whole[2:])]).token


@pytest.mark.parametrize("name", ["process.yaml", "reference.bpmn", ".a.csv"])
def test_a_log_cannot_take_the_name_of_what_lies_beside_it(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="rename"):
        Inbox(tmp_path / "inbox").receive([file(tmp_path / name, "x")])


@pytest.mark.parametrize("token", ["../../etc", "", "a/b", "."])
def test_a_token_cannot_name_a_path(token: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="token"):
        Inbox(tmp_path / "inbox").accept(token)


def test_links_and_hidden_files_in_the_inbox_are_no_logs(tmp_path: Path) -> None:
    inbox = with_two_logs(tmp_path)
    (inbox.folder / "passwd.csv").symlink_to("/etc/passwd")
    file(inbox.folder / ".hidden.csv", "x")
    assert [path.name for path in inbox.logs()] == ["a.csv", "b.csv"]


def test_the_fingerprint_follows_names_content_and_settings(tmp_path: Path) -> None:
    one = file(tmp_path / "a.csv", "a")
    same = Path(shutil.copy(one, tmp_path / "b.csv"))
    assert fingerprint([one], "x") == fingerprint([one], "x")
    assert len({fingerprint([one], "x"), fingerprint([same], "x"), fingerprint([one], "y"), fingerprint([one])}) == 4
    before = fingerprint([one])
    one.write_text("b")
    assert fingerprint([one]) != before


def test_a_file_that_changes_while_it_is_copied_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "log.csv"
    log.write_text("case_id,activity\n")
    copy = shutil.copyfile

    def copied(source: Path, target: Path) -> object:
        done = copy(source, target)
        with source.open("a") as file:
            file.write("1,Ask\n")
        return done

    monkeypatch.setattr(shutil, "copyfile", copied)
    with pytest.raises(InputError, match=r"^log\.csv changed while it was copied: let it come to rest"):
        Inbox(tmp_path / "inbox").receive([log])


def test_links_and_folders_are_passed_over_and_named(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "orders")
    assert inbox.passed_over() == []
    inbox.folder.mkdir()
    (inbox.folder / "log.csv").write_text("case_id,activity\n")
    (inbox.folder / "link.csv").symlink_to("/etc/passwd")
    (inbox.folder / "folder.csv").mkdir()
    (inbox.folder / ".replaced").mkdir()
    assert [path.name for path in inbox.logs()] == ["log.csv"]
    assert [sentence.split(" in ")[0] for sentence in inbox.passed_over()] == ["folder.csv", "link.csv"]


def test_a_configuration_that_is_a_link_is_refused(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "orders")
    inbox.folder.mkdir()
    (inbox.folder / "process.yaml").symlink_to("/etc/passwd")
    with pytest.raises(InputError, match=r"^process\.yaml in the inbox of orders is a symbolic link and is not read"):
        inbox.beside("process.yaml")
