"""Ctrl-C is never lost, and never told as the failure of whatever was at work."""

import subprocess
import sys
from textwrap import dedent

import dagster as dg
import pytest

from bpa_cli.progress import Progress


def ended(script: str) -> subprocess.CompletedProcess[str]:
    """A script in a process of its own: only a main thread is given signals."""
    return subprocess.run(
        [sys.executable, "-c", dedent(script)], capture_output=True, text=True, timeout=60, check=False
    )


def test_ctrl_c_that_python_throws_away_comes_again() -> None:
    found = ended("""
        import signal, time, weakref
        from bpa_cli.stop_signals import stop_signals

        class Dies: pass

        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
        with stop_signals() as signals:
            one = Dies()
            reference = weakref.ref(one, lambda _: signal.raise_signal(signal.SIGINT))
            assert not signals.any
            try:
                del one
                print("thrown away")
                time.sleep(20)
            except KeyboardInterrupt:
                print("came again", signals.any)
    """)
    assert found.stdout.split("\n") == ["thrown away", "came again True", ""]
    assert found.stderr == ""


def test_what_else_python_throws_away_is_told_as_ever() -> None:
    found = ended("""
        from bpa_cli.stop_signals import stop_signals

        class Dies:
            def __del__(self): raise ValueError("as ever")

        with stop_signals() as signals:
            one = Dies()
            del one
            assert not signals.any
    """)
    assert "ValueError: as ever" in found.stderr
    assert found.returncode == 0


def test_a_signal_is_known_whatever_handles_it_and_all_is_as_before_when_it_is_over() -> None:
    found = ended("""
        import signal, sys
        from bpa_cli.stop_signals import stop_signals

        before = sys.unraisablehook
        for number in (signal.SIGINT, signal.SIGTERM):
            with stop_signals() as signals:
                signal.signal(number, lambda *_: None)
                signal.raise_signal(number)
                assert signals.any and signals.any
        assert sys.unraisablehook is before
        assert signal.set_wakeup_fd(-1) == -1
        with stop_signals() as signals:
            assert not signals.any
    """)
    assert (found.returncode, found.stderr) == (0, "")


def test_a_signal_that_was_held_back_comes_afterwards() -> None:
    found = ended("""
        import signal
        from bpa_cli.stop_signals import held_back

        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            with held_back():
                signal.raise_signal(signal.SIGINT)
                print("held back")
            print("lost")
        except KeyboardInterrupt:
            print("came")
        with held_back():
            print("none came")
    """)
    assert (found.stdout.split("\n"), found.stderr) == (["held back", "came", "none came", ""], "")


def test_in_another_thread_nothing_is_listened_to() -> None:
    found = ended("""
        import threading
        from bpa_cli.stop_signals import stop_signals

        def listen():
            with stop_signals() as signals:
                print(signals.any)

        one = threading.Thread(target=listen)
        one.start()
        one.join()
    """)
    assert (found.stdout, found.stderr) == ("False\n", "")


def test_a_run_that_was_told_to_stop_did_not_fail() -> None:
    progress = Progress("p")
    progress.stop()
    with pytest.raises(KeyboardInterrupt):
        progress.outcome(dg.DagsterRunStatus.FAILURE)
    assert progress.outcome(dg.DagsterRunStatus.SUCCESS) == 0
