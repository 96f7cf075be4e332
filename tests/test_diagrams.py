"""The drawings in the docs are those of the code."""

from tests import diagrams


def test_the_page_of_machines_is_printed_from_the_tables():
    assert diagrams.PAGE.read_text(encoding="utf-8") == diagrams.page(), "run: python -m tests.diagrams"
