"""A benchmark that cannot fail would be none."""

from tests.bench.report import Judged, Row


def test_the_95th_percentile_is_one_of_the_samples() -> None:
    assert Row("", range(1, 101), "ms").number(Judged.P95) == 95
    assert Row("", [3.0, 1.0, 2.0], "ms").number(Judged.P95) == 3.0


def test_the_99th_percentile_forgives_one_in_a_hundred() -> None:
    row = Row("", [*range(1, 100), 1e9], "ms")
    assert (row.number(Judged.P99), row.number(Judged.MAX)) == (99, 1e9)


def test_one_slow_sample_in_forty_keeps_the_limit_and_three_do_not() -> None:
    assert Row("", [1.0] * 39 + [99.0], "ms", 50).ok
    assert not Row("", [1.0] * 37 + [99.0] * 3, "ms", 50).ok


def test_what_is_judged_by_the_worst_fails_with_the_worst() -> None:
    assert not Row("", [0] * 40 + [1], "", 0, Judged.MAX).ok


def test_without_a_limit_nothing_fails() -> None:
    assert Row("", [1e9], "ms").ok


def test_a_line_says_numbers_limit_and_verdict() -> None:
    line = Row("to pin", [0.1234, 2.5], "ms", 2).line()
    assert line == "| to pin | 2 | 1.31 | 2.50 | 2.50 | 2.50 | ms | p95 ≤ 2 ms | FAIL |"
