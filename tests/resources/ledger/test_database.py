"""Where the ledger lies: made at first use, by many at once, of one version and one home, told in one sentence."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from bpa_resources.connectors.call import Outcome
from bpa_resources.errors import InputError
from bpa_resources.home import Home
from bpa_resources.instance import wait_when_locked
from bpa_resources.ledger.ledger import Ledger, open_ledger
from bpa_resources.ledger.tables import about
from tests.resources.ledger.asked_for import after, asked, entered


def test_what_was_entered_is_there_when_it_is_opened_again(home: Home) -> None:
    with open_ledger(home) as ledger:
        action = entered(ledger, asked())
    with open_ledger(home) as ledger:
        assert ledger.action(action.action_id) == action
        assert ledger.verify_audit() is None


def test_many_open_a_new_ledger_at_once(home: Home) -> None:
    def use(number: int) -> None:
        with open_ledger(home) as ledger:
            ledger.propose([asked(str(number)), asked("the same")], after(number))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(use, range(8)))
    with open_ledger(home) as ledger:
        assert len(ledger.actions()) == 9
        assert ledger.verify_audit() is None


def test_a_new_file_that_another_process_holds_for_a_moment_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite refuses to change to a write-ahead log while somebody else is at the file, however long it may wait."""
    monkeypatch.delenv("BPA_LEDGER_URL", raising=False)
    other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None, check_same_thread=False)
    other.execute("begin")
    other.execute("create table another (x)")
    threading.Timer(0.3, other.execute, ["rollback"]).start()
    open_ledger(Home(tmp_path)).close()
    other.close()


def test_threads_share_one_ledger(ledger: Ledger) -> None:
    ledger.propose([asked(str(number)) for number in range(20)], after(0))

    def send(worker: str) -> list[str]:
        sent = []
        while action := ledger.claim(worker, after(1), 60):
            ledger.finish(action.action_id, worker, Outcome("done"), after(2))
            sent.append(action.case_id)
        return sent

    with ThreadPoolExecutor(4) as threads:
        sent = [case for cases in threads.map(send, "abcd") for case in cases]
    assert sorted(sent, key=int) == [str(number) for number in range(20)]
    assert ledger.verify_audit() is None


def test_a_ledger_of_a_later_version_is_left_alone(home: Home, ledger: Ledger, database: sa.Engine) -> None:
    with database.begin() as connection:
        connection.execute(about.update().values(version=99))
    with pytest.raises(InputError, match=r"a later version of bpa \(format 99, this one knows 2\): use that version"):
        open_ledger(home)


def test_a_postgres_serves_one_home(home: Home, tmp_path: Path, database: sa.Engine) -> None:
    if database.dialect.name == "sqlite":
        pytest.skip("a file lies in its home")
    with pytest.raises(InputError, match="holds the ledger of another home"):
        open_ledger(Home(tmp_path / "other"))
    moved = home.folder.rename(tmp_path / "moved")
    open_ledger(Home(moved)).close()


def test_a_file_that_is_no_ledger_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BPA_LEDGER_URL", raising=False)
    (tmp_path / "ledger.db").write_text("this is text and no database at all" * 100)
    with pytest.raises(InputError, match=r"the ledger cannot be read or changed: file is not a database"):
        open_ledger(Home(tmp_path))


def test_a_server_that_is_not_there_is_told_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BPA_LEDGER_URL", "postgresql://ann:secret-word@127.0.0.1:9/bpa")
    with pytest.raises(InputError, match="the ledger cannot be read or changed") as told:
        open_ledger(Home(tmp_path))
    assert "secret-word" not in str(told.value)
    monkeypatch.setenv("BPA_LEDGER_URL", "mysql://ann:secret-word@127.0.0.1/bpa")
    with pytest.raises(InputError, match="BPA_LEDGER_URL is no address") as told:
        open_ledger(Home(tmp_path))
    assert "secret-word" not in str(told.value)


def test_a_claim_survives_a_loss_of_power_whatever_else_the_process_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BPA_LEDGER_URL", raising=False)
    wait_when_locked()  # makes the connections of Dagster's files wait less for the disk
    with open_ledger(Home(tmp_path)) as ledger, ledger._database.change() as change:
        assert change.exec_driver_sql("pragma synchronous").scalar_one() == 2
        assert change.exec_driver_sql("pragma journal_mode").scalar_one() == "wal"


_HOLDS = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from bpa_resources.home import Home
from bpa_resources.ledger.ledger import open_ledger
with open_ledger(Home(Path(sys.argv[1])))._database.change() as change:
    change.exec_driver_sql("update ledger_action set status = 'done'")
    print("holds", flush=True)
    time.sleep(600)
"""


def test_a_change_whose_process_is_killed_never_was(home: Home, ledger: Ledger) -> None:
    action = entered(ledger, asked())
    held = subprocess.Popen([sys.executable, "-c", _HOLDS, str(home.folder)], stdout=subprocess.PIPE, text=True)
    with held:
        assert held.stdout is not None
        assert held.stdout.readline() == "holds\n"
        assert ledger.action(action.action_id).status == "approved"  # readers wait for nobody
        os.kill(held.pid, signal.SIGKILL)
    assert ledger.claim("w", after(1), 60) is not None


def _make_it_old(database: sa.Engine, *columns: str) -> None:
    """The ledger as version 1 wrote it, before these columns were."""
    with database.begin() as connection:
        for column in columns:
            connection.exec_driver_sql(f"alter table ledger_action drop column {column}")
        connection.execute(about.update().values(version=1))


@pytest.mark.parametrize("added", [("first_sent_at", "losses", "reminded_at"), ("losses", "reminded_at")])
def test_a_ledger_of_an_earlier_version_is_brought_up_to_date_when_it_is_opened(
    home: Home, ledger: Ledger, database: sa.Engine, added: tuple[str, ...]
) -> None:
    once = entered(ledger, asked("once"))
    ledger.claim("w", after(1), 60)
    ledger.finish(once.action_id, "w", Outcome("later", attempts=0, not_before=after(9)), after(2))
    entered(ledger, asked("new"), at=3)
    ledger.close()
    _make_it_old(database, *added)
    with ThreadPoolExecutor(4) as threads:
        for opened in threads.map(lambda _: open_ledger(home), range(4)):
            opened.close()
    with open_ledger(home) as again:
        old, new = again.actions()
        assert (old.never_sent, new.never_sent) == (False, True)  # what nobody wrote down then may have been
        assert old.first_sent_at == (after(1) if "first_sent_at" in added else None)
        assert again.verify_audit() is None
        assert again.claim("w", after(10), 60) is not None
