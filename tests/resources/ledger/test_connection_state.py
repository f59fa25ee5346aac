"""What runs share of a connection: pace, the server's own wait, and the circuit."""

from bpa_resources.connectors.call import Limits
from bpa_resources.home import Home
from bpa_resources.ledger.ledger import Ledger, open_ledger
from tests.resources.ledger.asked_for import after

TEN_A_SECOND = Limits(rate=10, per_seconds=1)


def test_without_a_limit_nobody_waits(ledger: Ledger) -> None:
    assert [ledger.shared.take_token("jira", Limits(), after(0)) for _ in range(3)] == [None, None, None]


def test_no_window_holds_more_requests_than_the_limit(ledger: Ledger) -> None:
    taken, now = [], 0.0
    while now < 3:
        if (waits := ledger.shared.take_token("jira", TEN_A_SECOND, after(now))) is None:
            taken.append(now)
        now = round(now + 0.05, 6) if waits is None else (waits - after(0)).total_seconds()
    assert len(taken) == 30
    assert all(sum(start <= moment < start + 1 for moment in taken) <= 10 for start in taken)


def test_two_runs_share_one_pace_and_two_connections_do_not(home: Home, ledger: Ledger) -> None:
    with open_ledger(home) as other:
        assert ledger.shared.take_token("jira", TEN_A_SECOND, after(0)) is None
        assert other.shared.take_token("jira", TEN_A_SECOND, after(0)) == after(0.1)
        assert other.shared.take_token("mail", TEN_A_SECOND, after(0)) is None
        assert other.shared.take_token("jira", TEN_A_SECOND, after(0.1)) is None


def test_what_the_server_asks_for_holds_for_all_and_is_never_shortened(home: Home, ledger: Ledger) -> None:
    ledger.shared.limit_until("jira", after(30))
    ledger.shared.limit_until("jira", after(10))
    with open_ledger(home) as other:
        assert other.shared.take_token("jira", Limits(), after(29)) == after(30)
        assert other.shared.take_token("jira", TEN_A_SECOND, after(29)) == after(30)
        assert other.shared.take_token("jira", TEN_A_SECOND, after(30)) is None
        assert other.shared.take_token("mail", TEN_A_SECOND, after(0)) is None
        other.shared.limit_until("jira", after(60))
    assert ledger.shared.take_token("jira", Limits(), after(31)) == after(60)


def test_five_failures_in_a_row_open_the_circuit_for_thirty_seconds(ledger: Ledger) -> None:
    for _ in range(4):
        ledger.shared.circuit_record("jira", ok=False, now=after(0))
    ledger.shared.circuit_record("jira", ok=True, now=after(0))
    for moment in range(1, 5):
        ledger.shared.circuit_record("jira", ok=False, now=after(moment))
        assert ledger.shared.circuit_allows("jira", after(moment)) is None
    ledger.shared.circuit_record("jira", ok=False, now=after(5))
    assert ledger.shared.circuit_allows("jira", after(5)) == after(35)
    ledger.shared.circuit_record("jira", ok=False, now=after(20))  # was under way when it opened
    assert ledger.shared.circuit_allows("jira", after(34)) == after(35)
    assert ledger.shared.circuit_allows("mail", after(5)) is None


def test_a_half_open_circuit_lets_one_probe_through(home: Home, ledger: Ledger) -> None:
    _open(ledger)
    with open_ledger(home) as other:
        assert ledger.shared.circuit_allows("jira", after(30)) is None
        assert other.shared.circuit_allows("jira", after(30)) == after(35)
        ledger.shared.circuit_record("jira", ok=True, now=after(31))
        assert [other.shared.circuit_allows("jira", after(31)) for _ in range(3)] == [None, None, None]


def test_a_probe_that_fails_opens_it_again(ledger: Ledger) -> None:
    _open(ledger)
    assert ledger.shared.circuit_allows("jira", after(30)) is None
    ledger.shared.circuit_record("jira", ok=False, now=after(31))
    assert ledger.shared.circuit_allows("jira", after(32)) == after(61)
    assert ledger.shared.circuit_allows("jira", after(61)) is None


def test_a_probe_whose_worker_was_lost_is_not_waited_for_for_ever(ledger: Ledger) -> None:
    _open(ledger)
    assert ledger.shared.circuit_allows("jira", after(30)) is None
    assert ledger.shared.circuit_allows("jira", after(89)) == after(94)
    assert ledger.shared.circuit_allows("jira", after(90)) is None
    assert ledger.shared.circuit_allows("jira", after(90)) is not None


def _open(ledger: Ledger) -> None:
    for _ in range(5):
        ledger.shared.circuit_record("jira", ok=False, now=after(0))
