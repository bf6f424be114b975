"""A believable log of corridor 1 built by code: trains both ways with two gauge changes, and lorries to Almaty.

It is no simulation: waits are drawn, not caused. It has the shape of a log (visits of an entity partition its time,
rides name their consist), so that metrics, figures and the report can be tried without an engine.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pandas as pd

from sim.log import LEGEND, VISITS, Legend, Log
from sim.metrics import measure
from tests.sample_observation import missed, unasked

DAY, HOUR = 86_400, 3_600
HORIZON_D, WARM_UP_D, REPLICATIONS = 150, 30, 5

# fmt: off
# id, name, Chinese, Russian, latitude, longitude, country, zone, kind, border pair
NODES = [
    ("chongqing", "Chongqing Tuanjiecun", "重庆团结村", "Чунцин", 29.61, 106.32, "CN", "Asia/Shanghai", "terminal", ""),
    ("dazhou", "Dazhou", "达州", "Дачжоу", 31.21, 107.47, "CN", "Asia/Shanghai", "junction", ""),
    ("ankang", "Ankang", "安康", "Анькан", 32.69, 109.03, "CN", "Asia/Shanghai", "junction", ""),
    ("xian", "Xi'an", "西安", "Сиань", 34.38, 109.03, "CN", "Asia/Shanghai", "city", ""),
    ("lanzhou", "Lanzhou", "兰州", "Ланьчжоу", 36.06, 103.83, "CN", "Asia/Shanghai", "city", ""),
    ("jiayuguan", "Jiayuguan", "嘉峪关", "Цзяюйгуань", 39.80, 98.28, "CN", "Asia/Shanghai", "junction", ""),
    ("hami", "Hami", "哈密", "Хами", 42.83, 93.51, "CN", "Asia/Shanghai", "junction", ""),
    ("urumqi", "Urumqi", "乌鲁木齐", "Урумчи", 43.85, 87.55, "CN", "Asia/Shanghai", "city", ""),
    ("jinghe", "Jinghe", "精河", "Цзинхэ", 44.60, 82.89, "CN", "Asia/Shanghai", "junction", ""),
    ("alashankou", "Alashankou", "阿拉山口", "Алашанькоу", 45.17, 82.57, "CN", "Asia/Shanghai", "border", "ala-dos"),
    ("dostyk", "Dostyk", "多斯特克", "Достық", 45.25, 82.48, "KZ", "Asia/Almaty", "border", "ala-dos"),
    ("aktogay", "Aktogay", "阿克斗卡", "Ақтоғай", 46.95, 79.67, "KZ", "Asia/Almaty", "junction", ""),
    ("moiynty", "Moiynty", "莫因特", "Мойынты", 47.20, 73.36, "KZ", "Asia/Almaty", "junction", ""),
    ("astana", "Astana", "阿斯塔纳", "Астана", 51.17, 71.43, "KZ", "Asia/Almaty", "city", ""),
    ("petropavl", "Petropavl", "彼得罗巴甫洛夫斯克", "Петропавл", 54.87, 69.15, "KZ", "Asia/Almaty", "border", "kz-ru"),
    ("yekaterinburg", "Yekaterinburg", "叶卡捷琳堡", "Екатеринбург", 56.84, 60.61, "RU", "Asia/Yekaterinburg", "city",
     ""),
    ("kazan", "Kazan", "喀山", "Казань", 55.79, 49.12, "RU", "Europe/Moscow", "city", ""),
    ("moscow", "Moscow (Vorsino)", "莫斯科（沃尔西诺）", "Ворсино", 55.23, 36.65, "RU",
     "Europe/Moscow", "terminal", ""),
    ("smolensk", "Smolensk", "斯摩棱斯克", "Смоленск", 54.78, 32.05, "RU", "Europe/Moscow", "junction", ""),
    ("orsha", "Orsha", "奥尔沙", "Орша", 54.51, 30.42, "BY", "Europe/Minsk", "junction", ""),
    ("minsk", "Minsk (Kolyadichi)", "明斯克", "Колядичи", 53.80, 27.56, "BY", "Europe/Minsk", "terminal", ""),
    ("brest", "Brest", "布列斯特", "Брест", 52.10, 23.70, "BY", "Europe/Minsk", "border", "bre-mal"),
    ("malaszewicze", "Małaszewicze", "马拉舍维奇", "Малашевиче", 52.03, 23.52, "PL",
     "Europe/Warsaw", "border", "bre-mal"),
    ("warsaw", "Warsaw", "华沙", "Варшава", 52.23, 21.01, "PL", "Europe/Warsaw", "city", ""),
    ("duisburg", "Duisburg", "杜伊斯堡", "Дуйсбург", 51.40, 6.74, "DE", "Europe/Berlin", "terminal", ""),
    ("khorgos", "Khorgos / Nur Zholy", "霍尔果斯", "Нұр жолы", 44.21, 80.41, "KZ", "Asia/Almaty", "border", "kho-nur"),
    ("almaty", "Almaty", "阿拉木图", "Алматы", 43.24, 76.89, "KZ", "Asia/Almaty", "city", ""),
]

CHINA = ["chongqing", "dazhou", "ankang", "xian", "lanzhou", "jiayuguan", "hami", "urumqi", "jinghe", "alashankou",
         "dostyk"]  # fmt: skip
WIDE = ["dostyk", "aktogay", "moiynty", "astana", "petropavl", "yekaterinburg", "kazan", "moscow", "smolensk",
        "orsha", "minsk", "brest", "malaszewicze"]  # fmt: skip
EUROPE = ["malaszewicze", "warsaw", "duisburg"]
ROAD = ["urumqi", "jinghe", "khorgos", "almaty"]
LENGTHS = {"cn": 4150.0, "ru": 5430.0, "eu": 1330.0, "road": 1000.0}
SPEEDS = {"cn": 38.0, "ru": 40.0, "eu": 28.0, "road": 55.0}


def great_circle(a: str, b: str) -> float:
    """Distance of two nodes in km."""
    place = {row[0]: (np.radians(row[4]), np.radians(row[5])) for row in NODES}
    (la, lo), (lb, mo) = place[a], place[b]
    return float(6371 * np.arccos(min(1, np.sin(la) * np.sin(lb) + np.cos(la) * np.cos(lb) * np.cos(lo - mo))))


@dataclass
class Builder:
    """Rows of the legend as they are written."""

    places: list[dict[str, object]] = field(default_factory=list)
    windows: list[dict[str, object]] = field(default_factory=list)
    steps: list[dict[str, object]] = field(default_factory=list)
    legs: list[dict[str, object]] = field(default_factory=list)
    durations: dict[int, tuple[float, float]] = field(default_factory=dict)
    """Step to (wait, stay) in hours: the mean of what is drawn."""

    def place(self, name: str, label: str, node: str, kind: str, capacity: int) -> int:
        """A place with one window, or two if it is the congested one."""
        number = len(self.places)
        unit = {"leg": "train", "cranes": "TEU", "tracks": "train", "yard": "TEU"}.get(kind, "unit")
        self.places.append(
            {"place": number, "name": name, "label": label, "node": node, "kind": kind, "unit": unit, "suspends": False}
        )
        window = {"place": number, "replication": pd.NA, "capacity": capacity, "pace": 1.0}
        self.windows.append({**window, "time_s": 0})
        if name == "dostyk-transhipment":
            self.windows.append({**window, "time_s": 70 * DAY, "capacity": capacity // 2})
        return number

    def step(self, route: str, wait_h: float, stay_h: float, **values: object) -> int:
        """A step at the end of a route; what is not given is 0 or empty."""
        number = len(self.steps)
        row: dict[str, object] = {
            "step": number, "route": route, "position": sum(step["route"] == route for step in self.steps),
            "name": "", "kind": "occupy", "activity": "handling", "place": pd.NA, "node": "", "to_node": "", "leg": "",
            "mode": "", "service": "", "km": 0.0, "units": 1, "units_per_teu": False, "border": "", "direction": "",
            "country": "", "fee_usd": 0.0, "fee_usd_teu": 0.0, "usd_teu_km": 0.0, "usd_tkm": 0.0, "kg_tkm": 0.0,
            "kg_teu": 0.0, "label": "",
        }  # fmt: skip
        row |= values
        row["to_node"] = row["to_node"] or row["node"]
        self.steps.append(row)
        self.durations[number] = (wait_h, stay_h)
        return number


def add_legs(rows: Builder, part: str, chain: list[str], mode: str, gauge: int) -> dict[tuple[str, str], int]:
    """Legs of a chain both ways, each with its place; lengths are scaled to the published total."""
    scale = LENGTHS[part] / sum(great_circle(a, b) for a, b in pairwise(chain))
    places = {}
    for a, b in pairwise(chain):
        for start, end in ((a, b), (b, a)):
            name = f"{start}-{end}-{mode}"
            km = round(great_circle(a, b) * scale, 1)
            rows.legs.append({"leg": name, "from_node": start, "to_node": end, "mode": mode, "km": km,
                              "gauge_mm": gauge, "via": ""})  # fmt: skip
            places[start, end] = rows.place(name, f"{start.title()} to {end.title()}, {mode}", start, "leg", 8)
    return places


def add_consists(rows: Builder, part: str, service: str, chain: list[str], legs: dict[tuple[str, str], int]) -> None:
    """Steps of the consists of a service: call, legs with the border's formalities between, call."""
    km = {str(leg["leg"]): float(str(leg["km"])) for leg in rows.legs}
    rows.step(service, 2, 3, name=f"Call at {chain[0]}", kind="call", activity="waiting", node=chain[0],
              service=service)
    for start, end in pairwise(chain):
        leg = f"{start}-{end}-rail"
        rows.step(service, 0.3, km[leg] / SPEEDS[part], name=f"Run {start} to {end}", activity="moving",
                  place=legs[start, end], node=start, to_node=end, leg=leg, mode="rail", service=service, km=km[leg],
                  usd_teu_km=0.32, kg_tkm=0.019)  # fmt: skip
        if end in ("alashankou", "petropavl", "brest"):
            post = next(int(str(row["place"])) for row in rows.places if row["name"] == f"{end}-customs")
            rows.step(service, 14 if end != "petropavl" else 1, 4, name=f"Train formalities at {end}",
                      activity="formalities", place=post, node=end, border=end, country=country(end),
                      direction="out", service=service, fee_usd=180.0)  # fmt: skip
    rows.step(service, 0.5, 1, name=f"Call at {chain[-1]}", kind="call", activity="waiting", node=chain[-1],
              service=service)  # fmt: skip


def country(node: str) -> str:
    """ISO code of a node's country."""
    return next(str(row[6]) for row in NODES if row[0] == node)


def add_rail_flow(rows: Builder, flow: str, parts: list[tuple[str, list[str]]]) -> None:
    """Steps of a shipment: loaded, ridden to each gauge change, lifted over, cleared, ridden on, unloaded."""
    place = {str(row["name"]): int(str(row["place"])) for row in rows.places}
    origin, destination = parts[0][1][0], parts[-1][1][-1]
    rows.step(flow, 1, 6, name=f"Loading at {origin}", place=place[f"{origin}-yard"], node=origin, kg_teu=6.0,
              fee_usd_teu=35.0, units_per_teu=True)  # fmt: skip
    for number, (service, chain) in enumerate(parts):
        rows.step(flow, 20, 0, name=f"Ride {chain[0]} to {chain[-1]}", kind="ride", activity="moving", node=chain[0],
                  to_node=chain[-1], service=service, km=float("nan"), mode="rail")  # fmt: skip
        if number + 1 < len(parts):
            end = chain[-1]
            rows.step(flow, 16, 8, name=f"Gauge change at {end}", place=place[f"{end}-transhipment"], node=end,
                      border=end, country=country(end), direction="in", kg_teu=9.0, fee_usd_teu=55.0,
                      units_per_teu=True)  # fmt: skip
            rows.step(flow, 2, 5, name=f"Customs at {end}", activity="formalities", place=place[f"{end}-customs"],
                      node=end, border=end, country=country(end), direction="in", fee_usd=42.0)  # fmt: skip
    rows.step(flow, 1, 5, name=f"Unloading at {destination}", place=place[f"{destination}-yard"], node=destination,
              kg_teu=6.0, fee_usd_teu=40.0, units_per_teu=True)  # fmt: skip


def add_road_flow(rows: Builder, flow: str, legs: dict[tuple[str, str], int]) -> None:
    """Steps of a lorry: a vehicle of the fleet, legs, a night's rest, the border, unloading."""
    place = {str(row["name"]): int(str(row["place"])) for row in rows.places}
    km = {str(leg["leg"]): float(str(leg["km"])) for leg in rows.legs}
    rows.step(flow, 9, 0, name="Lorry of the fleet", activity="equipment", place=place["lorries"], node="urumqi")
    for start, end in pairwise(ROAD):
        leg = f"{start}-{end}-road"
        rows.step(flow, 0, km[leg] / SPEEDS["road"], name=f"Drive {start} to {end}", activity="moving",
                  place=legs[start, end], node=start, to_node=end, leg=leg, mode="road", km=km[leg], usd_teu_km=1.1,
                  kg_tkm=0.082)  # fmt: skip
        if end == "jinghe":
            rows.step(flow, 0, 10, name="Rest", activity="rest", node=end, place=place["jinghe-parking"])
        if end == "khorgos":
            rows.step(flow, 15, 3, name="Nur Zholy lanes", activity="formalities", place=place["khorgos-lanes"],
                      node=end, border=end, country="KZ", direction="in", fee_usd=210.0)  # fmt: skip


def structure() -> Builder:
    """Places, legs and steps of the sample."""
    rows = Builder()
    cn = add_legs(rows, "cn", CHINA, "rail", 1435)
    ru = add_legs(rows, "ru", WIDE, "rail", 1520)
    eu = add_legs(rows, "eu", EUROPE, "rail", 1435)
    road = add_legs(rows, "road", ROAD, "road", 0)
    for node in ("alashankou", "dostyk", "petropavl", "brest", "malaszewicze"):
        rows.place(f"{node}-customs", f"{node.title()} customs", node, "posts", 4)
    for node in ("dostyk", "malaszewicze"):
        rows.place(f"{node}-transhipment", f"{node.title()} transhipment", node, "cranes", 200)
    for node in ("chongqing", "duisburg"):
        rows.place(f"{node}-yard", f"{node.title()} container yard", node, "yard", 400)
    rows.place("lorries", "Lorries of the Urumqi fleet", "urumqi", "fleet", 60)
    rows.place("jinghe-parking", "Jinghe lorry park", "jinghe", "crews", 120)
    rows.place("khorgos-lanes", "Nur Zholy lorry lanes", "khorgos", "lanes", 8)
    for part, legs, chain in (("cn", cn, CHINA), ("ru", ru, WIDE), ("eu", eu, EUROPE)):
        add_consists(rows, part, f"{part}-west", chain, legs)
        add_consists(rows, part, f"{part}-east", chain[::-1], legs)
    west = [("cn-west", CHINA), ("ru-west", WIDE), ("eu-west", EUROPE)]
    east = [("eu-east", EUROPE[::-1]), ("ru-east", WIDE[::-1]), ("cn-east", CHINA[::-1])]
    add_rail_flow(rows, "cq-duisburg", west)
    add_rail_flow(rows, "duisburg-cq", east)
    add_road_flow(rows, "urumqi-almaty", road)
    return rows


@dataclass
class Run:
    """One replication as it is drawn."""

    rows: Builder
    replication: int
    rng: np.random.Generator
    visits: list[tuple[int, ...]] = field(default_factory=list)
    entities: list[dict[str, object]] = field(default_factory=list)
    departures: dict[str, list[tuple[int, int, int]]] = field(default_factory=dict)
    """Service to (departure, arrival, consist) in order of departure."""

    def walk(self, entity: int, route: str, release: int) -> tuple[int, int]:
        """Lay the visits of a consist; returns when it left its first call and when it reached its last, or -1."""
        time, first, reached = release, -1, -1
        for step in (step for step in self.rows.steps if step["route"] == route):
            reached = time
            time = self.visit(entity, step, time)
            first = time if first < 0 else first
            if time < 0:
                break
        return first, reached if step["kind"] == "call" and reached > release else -1

    def visit(self, entity: int, step: dict[str, object], time: int) -> int:
        """Lay one visit, cut at the horizon; returns when it ended, or -1."""
        number = int(str(step["step"]))
        wait_h, stay_h = self.rows.durations[number]
        busy = 2.6 if step["node"] == "dostyk" and 70 * DAY < time < 110 * DAY else 1.0
        wait = int(self.rng.exponential(wait_h * busy) * HOUR)
        stay = int(stay_h * self.rng.lognormal(0, 0.08) * HOUR)
        place = -1 if step["place"] is pd.NA else int(str(step["place"]))
        return self.row(entity, (number, place), (time, time + wait, time + wait + stay), -1)

    def row(self, entity: int, where: tuple[int, int], times: tuple[int, int, int], consist: int) -> int:
        """Write a visit; what lies beyond the horizon is absent."""
        requested, entered, left = (time if time <= HORIZON_D * DAY else -1 for time in times)
        released = left if where[1] >= 0 else -1
        self.visits.append((self.replication, entity, *where, requested, entered, left, released, consist))
        return left

    def ride(self, entity: int, step: dict[str, object], time: int) -> int:
        """Take the next departure of the service after a cut-off of 2 h."""
        number = int(str(step["step"]))
        for departure, arrival, consist in self.departures[str(step["service"])]:
            if departure >= time + 2 * HOUR:
                self.row(entity, (number, -1), (time, departure, arrival if arrival >= 0 else 10**9), consist)
                return arrival
        return self.row(entity, (number, -1), (time, 10**9, 10**9), -1)

    def add_consists(self, services: list[str]) -> None:
        """A consist of each service a day."""
        for service in services:
            runs = []
            for day in range(HORIZON_D):
                entity = self.add(service, "consist", day * DAY + 6 * HOUR, 0)
                departure, arrival = self.walk(entity, service, day * DAY + 6 * HOUR)
                if departure >= 0:
                    runs.append((departure, arrival, entity))
            self.departures[service] = sorted(runs)

    def add(self, group: str, kind: str, release: int, teu: int) -> int:
        """Write an entity; returns its number."""
        value = {"cq-duisburg": 52_000.0, "duisburg-cq": 61_000.0, "urumqi-almaty": 18_000.0}.get(group, 0.0)
        self.entities.append({
            "replication": self.replication, "entity": len(self.entities), "group": group, "kind": kind,
            "route": group, "release_s": release, "teu": teu, "capacity_teu": 100 if kind == "consist" else 0,
            "priority": 1, "slot_s": release if kind == "consist" else pd.NA, "value_usd": value * teu,
        })  # fmt: skip
        return len(self.entities) - 1

    def add_shipments(self, flow: str, per_day: float, teu: int) -> None:
        """Shipments at random times; each walks its route, riding where the route rides."""
        times = np.sort(self.rng.integers(0, HORIZON_D * DAY, int(per_day * HORIZON_D)))
        for release in times.tolist():
            entity = self.add(flow, "shipment", release, teu)
            time = release
            for step in (step for step in self.rows.steps if step["route"] == flow):
                time = self.ride(entity, step, time) if step["kind"] == "ride" else self.visit(entity, step, time)
                if time < 0:
                    break


def flows() -> pd.DataFrame:
    """The three flows."""
    columns = ["flow", "label", "corridor", "from_node", "to_node", "direction", "scope", "commodity", "class_",
               "report", "teu_per_year", "value_usd_teu", "tonnes_teu", "promise_s", "free_flow_s",
               "value_of_time_usd_teu_day"]  # fmt: skip
    return pd.DataFrame(
        [
            ("cq-duisburg", "Chongqing to Duisburg, electronics", "Chongqing - Duisburg rail", "chongqing", "duisburg",
             "westbound", "TT", "electronics", "ordinary", True, 17520.0, 52_000.0, 7.5, 21 * DAY, 11 * DAY, 29.0),
            ("duisburg-cq", "Duisburg to Chongqing, vehicles and parts", "Chongqing - Duisburg rail", "duisburg",
             "chongqing", "eastbound", "TT", "vehicles", "ordinary", True, 11680.0, 61_000.0, 8.1, 21 * DAY,
             11 * DAY, 34.0),
            ("urumqi-almaty", "Urumqi to Almaty by road, consumer goods", "Urumqi - Almaty road", "urumqi", "almaty",
             "westbound", "DD", "consumer goods", "ordinary", True, 5840.0, 18_000.0, 6.0, pd.NA, 2 * DAY, 10.0),
        ],
        columns=columns,
    )  # fmt: skip


def services() -> pd.DataFrame:
    """The six services."""
    ends = {"cn": (CHINA, 1435, "China"), "ru": (WIDE, 1520, "1520 mm"), "eu": (EUROPE, 1435, "Europe")}
    rows = []
    for part, (chain, gauge, label) in sorted(ends.items()):
        for way, ends_of in (("east", chain[::-1]), ("west", chain)):
            rows.append((f"{part}-{way}", f"{label} trains, {way}bound", "rail", gauge, ends_of[0], ends_of[-1], 100.0))
    return pd.DataFrame(rows, columns=list(LEGEND["services"])[:7]).assign(length="50 wagons")


def numbers() -> pd.DataFrame:
    """Numbers with their origin: facts with a source, literals with a note."""
    url = "https://index1520.com/en/analytics/cargo-flows-on-the-eurasian-rail-route-monthly-review-2024-07-15/"
    rows = [
        ("legs.dostyk-brest.length", "5430 km", 5430.0, "km", "fact", "rail-1520-length",
         "Length of the 1520 mm section",
         "Dostyk to the EU border", "2024-07-15", "ERAI, monthly review", url, "A", ""),
        ("services.ru-west.speed", "743 km/day", 743.0, "km/day", "fact", "rail-1520-speed",
         "Daily run on 1520 mm track",
         "Kazakhstan, Russia, Belarus", "2024-07-15", "ERAI, monthly review", url, "A",
         "derived: 5,430 km in 7.31 days"),
        ("places.dostyk-transhipment.capacity", "200 TEU", 200.0, "TEU", "literal", "", "", "Dostyk", "", "", "", "",
         "Assumed: four cranes of 50 TEU each; no published figure was found."),
        ("places.khorgos-lanes.capacity", "8", 8.0, "lanes", "literal", "", "", "Nur Zholy", "", "", "", "",
         "Assumed from satellite pictures of the post in general knowledge."),
        ("flows.cq-duisburg.value_of_time", "29 USD/TEU/day", 29.0, "USD/TEU/day", "literal",
         "", "", "", "", "", "", "",
         "20 % a year on the value of the goods."),
    ]  # fmt: skip
    columns = ["path", "text", "value", "unit", "origin", "fact", "what", "where", "as_of", "source", "address",
               "confidence", "note"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


ORIGIN: dict[str, object] = {
    "scenario": "yuxinou-sample", "title": "Chongqing - Duisburg with half the cranes at Dostyk",
    "question": "How much longer does a container take from Chongqing to Duisburg when Dostyk works with half of its "
    "cranes from the tenth week on, and where does it wait?",
    "note": "A sample for tests: waits are drawn, not caused.", "start": "2024-01-01T00:00:00Z",
    "horizon_s": HORIZON_D * DAY, "warm_up_s": WARM_UP_D * DAY, "seed": 20240101, "replications": REPLICATIONS,
    "engine": "reference", "version": "0.1.0", "commit": "0" * 40, "digest": "5ca1ab1e" * 8,
    "currency_note": "USD of 2024.",
}  # fmt: skip


def table(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the columns and types that a legend has."""
    return rows[list(LEGEND[name])].astype(LEGEND[name]).sort_values(next(iter(LEGEND[name])), ignore_index=True)


def legend(rows: Builder, entities: list[dict[str, object]]) -> Legend:
    """The tables of the legend."""
    nodes = pd.DataFrame([(*row, True) for row in NODES], columns=list(LEGEND["nodes"]))
    people = pd.DataFrame(entities)[list(LEGEND["entities"])].astype(LEGEND["entities"])
    return Legend(
        ORIGIN, table("places", pd.DataFrame(rows.places)), table("windows", pd.DataFrame(rows.windows)),
        table("steps", pd.DataFrame(rows.steps)), people, table("flows", flows()), table("services", services()),
        table("nodes", nodes), table("legs", pd.DataFrame(rows.legs)), table("numbers", numbers()), missed(), unasked(),
    )  # fmt: skip


@lru_cache(maxsize=1)
def sample_log() -> Log:
    """The log of five replications; the same in every process."""
    rows = structure()
    visits, entities = list[tuple[int, ...]](), list[dict[str, object]]()
    for replication in range(REPLICATIONS):
        run = Run(rows, replication, np.random.default_rng([7, replication]))
        run.add_consists([f"{part}-{way}" for part in ("cn", "ru", "eu") for way in ("west", "east")])
        run.add_shipments("cq-duisburg", 3, 16)
        run.add_shipments("duisburg-cq", 2, 16)
        run.add_shipments("urumqi-almaty", 4, 4)
        visits.extend(sorted(run.visits, key=lambda row: row[4]))
        entities.extend(run.entities)
    frame = pd.DataFrame(visits, columns=list(VISITS)).astype("Int64")
    return Log(frame.mask(frame == -1), legend(rows, entities))


@lru_cache(maxsize=1)
def sample_tables() -> dict[str, pd.DataFrame]:
    """The metric tables of the sample."""
    return measure(sample_log())
