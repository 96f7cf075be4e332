"""Which ways out work, which one is taken, and when a loss is a fault: time after time, without a network."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.internet import GIVEN_UP, TICK
from hub.model import Moment
from hub.network import Kind, Route
from hub.paths import AGAIN, HOME, METERED, Paths

CABLE = Route("eth0", Kind.ETHERNET, 100)
RADIO = Route("wlan0", Kind.WIFI, 600)
MOBILE = Route("wwan0", Kind.LTE, 1000)
START = datetime(2026, 11, 29, 12, tzinfo=UTC)


def at(seconds: float) -> Moment:
    return Moment(seconds, START + timedelta(seconds=seconds))


def home(*routes: Route, named: Sequence[str] = ()) -> Paths:
    """Where all these routes were tried and work."""
    paths = Paths(named)
    paths.see(routes)
    for path in paths.due(0.0, hurried=False):
        paths.found(path, "", at(0.0))
    return paths


def miss(paths: Paths, name: str, now: float, times: int = 1) -> None:
    for _ in range(times):
        paths.found(paths.all[name], "TimeoutError", at(now))


def faults(paths: Paths) -> dict[str, bool]:
    return {name: ok for name, ok, _ in paths.verdicts()}


def test_the_route_that_the_system_uses_is_left_by_as_the_system_routes():
    paths = home(CABLE, MOBILE)
    assert paths.main.name == "ethernet"
    assert paths.out == ""
    miss(paths, "lte", 1.0, 9)
    assert paths.out == ""


def test_it_is_known_whether_what_leaves_leaves_by_mobile_data():
    paths = home(CABLE, RADIO, MOBILE)
    assert not paths.mobile
    miss(paths, "ethernet", 1.0)
    assert not paths.mobile
    miss(paths, "wifi", 2.0)
    assert paths.mobile
    miss(paths, "lte", 3.0)
    assert not paths.mobile, "nothing works: as the system routes, by the cable"
    assert home(MOBILE).mobile
    miss(alone := home(MOBILE), "lte", 3.0)
    assert alone.mobile
    assert not Paths().mobile


def test_the_other_one_is_used_from_the_first_miss_until_the_first_success():
    paths = home(CABLE, RADIO, MOBILE)
    miss(paths, "ethernet", 30.0)
    assert paths.out == "wlan0"
    miss(paths, "wifi", 31.0)
    assert paths.out == "wwan0"
    miss(paths, "lte", 32.0)
    assert paths.out is None
    paths.found(paths.main, "", at(40.0))
    assert paths.out == ""


def test_when_the_systems_way_fails_the_others_are_looked_at_at_once():
    paths = home(CABLE, MOBILE)
    miss(paths, "ethernet", 10.0)
    assert [path.name for path in paths.due(10.0, hurried=False)] == ["ethernet", "lte"]


def test_a_loss_is_a_fault_after_some_misses_while_another_path_works():
    paths = home(CABLE, MOBILE)
    miss(paths, "ethernet", 30.0, HOME.misses - 1)
    assert faults(paths) == {"lte": True}, "not certain yet"
    miss(paths, "ethernet", 40.0)
    assert faults(paths) == {"ethernet": False, "lte": True}


def test_while_nothing_works_no_single_path_is_named():
    paths = home(CABLE, MOBILE)
    miss(paths, "lte", 30.0)
    miss(paths, "ethernet", 30.0, HOME.misses)
    assert paths.out is None
    assert faults(paths) == {}


def test_a_path_that_never_worked_here_is_nobodys_fault():
    paths = Paths()
    paths.see([CABLE, MOBILE])
    paths.found(paths.main, "", at(0.0))
    miss(paths, "lte", 0.0, 9)
    assert faults(paths) == {"ethernet": True}


def test_a_path_that_is_not_there_any_more_is_missed_though_it_was_seen_before_the_last_start_only():
    paths = Paths()
    paths.recall(["ethernet", "lte"])
    paths.see([MOBILE])
    assert {path.name for path in paths.due(0.0, hurried=False)} == {"ethernet", "lte"}
    paths.found(paths.main, "", at(0.0))
    miss(paths, "ethernet", 0.0, HOME.misses)
    assert faults(paths) == {"ethernet": False, "lte": True}


def test_where_paths_are_named_no_other_one_is_missed():
    paths = home(CABLE, RADIO, MOBILE, named=["ethernet", "lte"])
    paths.recall(["wifi"])
    paths.see([CABLE, MOBILE])
    miss(paths, "wifi", 30.0, 9)
    assert faults(paths) == {"ethernet": True, "lte": True}


def test_a_route_that_is_new_or_on_another_device_is_tried_at_once():
    paths = home(CABLE)
    paths.see([CABLE, MOBILE])
    assert [path.name for path in paths.due(1.0, hurried=False)] == ["lte"]
    paths.see([Route("eth1", Kind.ETHERNET, 100), MOBILE])
    assert [path.name for path in paths.due(2.0, hurried=False)] == ["ethernet"]
    paths.see([MOBILE])
    assert {path.name for path in paths.due(3.0, hurried=False)} == {"lte", "ethernet"}
    assert paths.main.name == "lte"


def test_without_a_route_that_can_be_seen_the_systems_own_way_is_tried_all_the_same():
    paths = Paths()
    paths.see([])
    (path,) = paths.due(0.0, hurried=False)
    assert path is paths.main
    assert paths.out == ""
    paths.found(path, "", at(0.0))
    paths.see([])
    assert paths.due(1.0, hurried=False) == []
    assert paths.expected == frozenset()


def test_what_got_through_spares_a_try():
    paths = home(CABLE, MOBILE)
    paths.proved("wwan0", at(40.0))
    paths.proved("", at(29.0))
    assert paths.due(50.0, hurried=False) == []
    assert [path.name for path in paths.due(59.0, hurried=False)] == ["ethernet"]


def test_while_an_alert_is_being_sent_each_path_is_tried_again_and_again():
    paths = home(CABLE, MOBILE)
    assert paths.due(AGAIN - 0.1, hurried=True) == []
    assert len(paths.due(AGAIN, hurried=True)) == 2


def test_a_path_that_is_doubted_is_tried_soon_and_keeps_its_word_until_then():
    paths = home(CABLE, MOBILE)
    miss(paths, "ethernet", 30.0)
    paths.proved("wwan0", at(30.0))
    paths.doubt("wwan0", "", at(31.0))
    assert paths.out == "wwan0"
    paths.main.tried = 35.0
    assert paths.due(30.0 + AGAIN - 0.1, hurried=False) == []
    assert [path.name for path in paths.due(30.0 + AGAIN, hurried=False)] == ["lte"]
    assert paths.due(39.0, hurried=False) == [], "once"


def test_a_path_whose_device_is_gone_is_taken_again_when_a_try_gets_through():
    paths = home(CABLE, RADIO, MOBILE)
    miss(paths, "ethernet", 30.0)
    paths.doubt("wlan0", "OSError", at(31.0))
    assert paths.out == "wwan0"
    paths.proved("wlan0", at(33.0))
    assert paths.out == "wlan0"


def test_beside_the_systems_way_the_first_one_that_leads_on_is_known():
    paths = home(CABLE, RADIO, MOBILE)
    assert (paths.out, paths.aside) == ("", "wlan0")
    miss(paths, "wifi", 30.0)
    assert (paths.out, paths.aside) == ("", "wwan0")
    miss(paths, "lte", 30.0)
    assert (paths.out, paths.aside) == ("", "")


def test_what_is_lost_and_metered_is_not_knocked_at_without_end():
    paths = home(CABLE, MOBILE)
    miss(paths, "lte", 0.0)
    assert [path.name for path in paths.due(AGAIN, hurried=False)] == ["lte"]
    miss(paths, "lte", 0.0, METERED.misses)
    assert paths.due(AGAIN + METERED.every - 20.0, hurried=False) == [paths.main]
    assert len(paths.due(AGAIN + METERED.every, hurried=False)) == 1


def test_a_loss_is_a_fault_within_a_minute_even_if_nothing_answers():
    """The first try may come a look late, and so may each one after it."""
    for pace in (HOME, METERED):
        assert pace.every + TICK + (pace.misses - 1) * (AGAIN + TICK) + GIVEN_UP < 60, pace


happenings = st.lists(
    st.one_of(
        st.lists(st.sampled_from([CABLE, RADIO, MOBILE]), unique=True),
        st.tuples(st.sampled_from(["ethernet", "wifi", "lte"]), st.sampled_from(["", "TimeoutError"])),
    ),
    max_size=30,
)


@given(happenings)
def test_whatever_happens_nothing_is_bound_while_the_systems_way_is_well(happened):
    paths = Paths()
    for second, one in enumerate(happened):
        if isinstance(one, list):
            paths.see(sorted(one, key=lambda route: route.metric))
        elif one[0] in paths.all:
            paths.found(paths.all[one[0]], one[1], at(float(second)))
        if paths.main.ok is not False:
            assert paths.out == ""
        elif paths.out is not None:
            (used,) = [path for path in paths.all.values() if path.device == paths.out]
            assert used.ok
            assert used.route
