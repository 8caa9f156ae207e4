"""How hard the properties are tried: the same cases on every run, or new and many ones with ``--hypothesis-profile=nightly``."""

from hypothesis import HealthCheck, settings

settings.register_profile("steady", derandomize=True, max_examples=100, deadline=None)
settings.register_profile("search", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("nightly", max_examples=10_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")
