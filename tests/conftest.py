"""For all tests: a busy machine is no failure of a property."""

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.hub_fixture", "tests.running", "tests.carried", "tests.evening", "tests.streets"]

settings.register_profile("hub", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("hub")
