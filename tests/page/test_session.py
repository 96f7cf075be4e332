"""The session: one at a time, over after ten idle minutes, and what each sees of the visits."""

import pytest

from hub.page.codes import Holder
from hub.page.session import IDLE, Role, Sessions
from hub.page.visits import MOST, THREAT, Visit, Visits, What
from tests.moments import at


def test_a_token_opens_its_session_and_no_other_does():
    sessions = Sessions()
    session = sessions.begin(Holder.TECHNICIAN, 0.0)
    assert sessions.of(session.token, 1.0).role is Role.TECHNICIAN
    for wrong in ("", "0" * 64, session.token[:-1], session.token.upper() + "é", "\ud800"):
        assert sessions.of(wrong, 1.0) is None
    assert len(session.token) == 64
    assert session.token not in repr(session)


def test_a_new_login_ends_the_one_before():
    sessions = Sessions()
    first = sessions.begin(Holder.TECHNICIAN, 0.0)
    sessions.begin(Holder.WEARER, 1.0)
    assert sessions.of(first.token, 1.0) is None


def test_ten_minutes_without_use_end_it():
    sessions = Sessions()
    token = sessions.begin(Holder.WEARER, 0.0).token
    assert sessions.of(token, IDLE - 1)
    assert sessions.of(token, 2 * IDLE - 2)
    assert sessions.of(token, 3 * IDLE) is None
    assert sessions.of(token, 0.0) is None


def test_a_page_that_asks_by_itself_is_no_use():
    sessions = Sessions()
    token = sessions.begin(Holder.WEARER, 0.0).token
    assert sessions.of(token, IDLE - 1, used=False)
    assert sessions.of(token, IDLE, used=False) is None


def test_the_code_for_a_threat_makes_her_session_like_the_other():
    sessions = Sessions()
    assert [sessions.begin(holder, 0.0).role for holder in (Holder.WEARER, Holder.DURESS)] == [Role.WEARER] * 2
    assert sessions.begin(Holder.DURESS, 0.0).threat


@pytest.mark.parametrize("role", [Role.WEARER, Role.NOBODY])
def test_only_a_technician_reads_of_the_code_for_a_threat(role):
    visits = Visits()
    visits.add(Visit(at(0), What.CODE, "command", "duress"))
    visits.add(Visit(at(1), What.LOGIN, "wearer", THREAT))
    assert visits.seen_by(role) == [Visit(at(1), What.LOGIN, "wearer")]
    assert len(visits.seen_by(Role.TECHNICIAN)) == 2
    assert visits.seen_by(Role.TECHNICIAN)[0].detail == THREAT


def test_the_newest_visits_are_kept():
    visits = Visits()
    for n in range(MOST + 5):
        visits.add(Visit(at(n), What.REFUSED, detail=str(n)))
    visits.load([Visit(at(-1), What.OPENED)])
    assert len(visits.all) == MOST
    assert visits.all[0].detail == str(MOST + 4)
