import numpy as np
import pytest
from matplotlib.path import Path

from sim.figures.projection import EARTH_KM, Azimuthal, centred, great_circle, land


def test_the_centre_of_the_projection_is_the_origin():
    assert Azimuthal(47.0, 66.0).project(np.array([47.0]), np.array([66.0])) == pytest.approx(np.zeros((1, 2)))


def test_a_quarter_of_the_globe_away_lies_at_root_two_radii():
    (x, y) = Azimuthal(0.0, 20.0).project(np.array([0.0]), np.array([110.0]))[0]
    assert (x, y) == pytest.approx((EARTH_KM * np.sqrt(2), 0.0), abs=1e-6)


@pytest.mark.parametrize("latitude", [10.0, 50.0, 75.0])
def test_areas_are_kept(latitude):
    half = 0.05
    corners = np.array([(-half, -half), (half, -half), (half, half), (-half, half)])
    x, y = Azimuthal(47.0, 66.0).project(latitude + corners[:, 1], 20.0 + corners[:, 0]).T
    flat = 0.5 * abs(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)))
    low, high = np.radians(latitude - half), np.radians(latitude + half)
    assert flat == pytest.approx(EARTH_KM**2 * np.radians(2 * half) * (np.sin(high) - np.sin(low)), rel=1e-4)


def test_a_great_circle_keeps_to_the_meridian_and_halves_the_way():
    latitudes, longitudes = great_circle((10.0, 30.0), (50.0, 30.0), points=5)
    assert latitudes == pytest.approx([10, 20, 30, 40, 50])
    assert longitudes == pytest.approx([30] * 5)


def test_a_great_circle_between_one_point_and_itself_is_that_point():
    latitudes, longitudes = great_circle((45.2, 82.5), (45.2, 82.5))
    assert (list(latitudes), list(longitudes)) == ([45.2, 45.2], [82.5, 82.5])


def test_the_middle_of_points_across_the_date_line_lies_on_it():
    assert abs(centred(np.array([0.0, 0.0]), np.array([170.0, -170.0])).longitude) == pytest.approx(180)


def lies_on_land(latitude, longitude):
    projection = Azimuthal(latitude, longitude)
    outline = land(projection, (-900, -900, 900, 900))
    # Lakes are rings within rings: an odd number of rings about a point is land.
    return sum(Path(ring).contains_point((0, 0)) for ring in outline.to_polygons()) % 2 == 1


@pytest.mark.parametrize(
    ("name", "latitude", "longitude", "on_land"),
    [
        ("Urumqi", 43.8, 87.6, True),
        ("Moscow", 55.8, 37.6, True),
        ("Chukotka, beyond 180 degrees", 66.3, -172.0, True),
        ("the Caspian Sea", 42.0, 50.5, False),
        ("the Bay of Bengal", 15.0, 88.0, False),
    ],
)
def test_land_is_where_it_is(name, latitude, longitude, on_land):
    assert lies_on_land(latitude, longitude) is on_land, name
