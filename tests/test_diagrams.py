"""The drawings and stories in the docs are those of the code and its tests."""

from tests import diagrams, stories


def test_the_page_of_machines_is_printed_from_the_tables():
    assert diagrams.PAGE.read_text(encoding="utf-8") == diagrams.page(), "run: python -m tests.diagrams"


def test_the_page_of_stories_is_printed_from_the_tests_that_play_them():
    assert stories.PAGE.read_text(encoding="utf-8") == stories.page(), "run: python -m tests.stories"
