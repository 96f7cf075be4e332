"""For all tests: a busy machine is no failure of a property."""

from hypothesis import settings

pytest_plugins = ["tests.hub_fixture", "tests.evening"]

settings.register_profile("hub", deadline=None)
settings.load_profile("hub")
