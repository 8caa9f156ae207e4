"""The guard of speed: it knows work that takes longer than it may."""

from benchmarks.guard import Stage, lowest, plain_python


def thrice() -> None:
    """Three times the fixed work."""
    for _ in range(3):
        plain_python()


def test_what_is_too_slow_stays_above_its_bound() -> None:
    """Work of three times the yardstick is above a bound of two in every try."""
    stage = Stage(thrice, plain_python, bound=2.0)

    assert lowest(stage, tries=2, rounds=2) > stage.bound


def test_what_is_fast_enough_is_below_its_bound() -> None:
    """Work equal to the yardstick is below a bound of one and a half."""
    stage = Stage(plain_python, plain_python, bound=1.5)

    assert lowest(stage, rounds=3) < stage.bound
