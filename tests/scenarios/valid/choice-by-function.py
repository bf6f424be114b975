"""Functions by which the trains of choice-by-function.yaml choose."""


def south_after_six(view):
    """The ways stand in the order of their ids: north, south."""
    return int(view.time >= 6 * 3600)


def first_that_is_free(view):
    """If none is, the first."""
    free = [number for number, way in enumerate(view.options) if way.waiting + way.in_use < way.capacity]
    return free[0] if free else 0
