"""The facts of seeds/: each can be read and traced, and its arithmetic comes out again."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from sim import facts
from sim.errors import FactError
from sim.facts import Fact
from sim.units import parse

ROOT = Path(__file__).parents[1]
REGISTER = [
    *(f"F{number:02d}" for number in range(1, 23)),
    *(f"G{number:02d}" for number in range(1, 10)),
    *(f"H{number:02d}" for number in range(1, 7)),
    *(f"I{number:02d}" for number in range(1, 5)),
    *(f"J{number:02d}" for number in range(1, 8)),
]
SOURCES = """
S1:
  title: Timetable
  address: https://example.org/timetable
"""
LENGTH = """
line-length:
  what: Length of the line
  value: 100 km
  where: A - B
  as_of: "2020"
  source: S1
  confidence: A
"""

# ------------------------------------------------------------------------------------------------ arithmetic of facts

Amount = tuple[float, dict[str, float]]


def _times(first: Amount, second: Amount, sign: int) -> Amount:
    bases = {base: first[1].get(base, 0) + sign * second[1].get(base, 0) for base in {**first[1], **second[1]}}
    value = first[0] * second[0] if sign > 0 else first[0] / second[0]
    return value, {base: exponent for base, exponent in bases.items() if exponent}


def _sum(first: Amount, second: Amount, sign: int) -> Amount:
    assert first[1] == second[1], f"adds {first[1]} to {second[1]}"
    return first[0] + sign * second[0], first[1]


def _power(first: Amount, second: Amount, _: int) -> Amount:
    assert (first[1], second[1]) == ({}, {}), "a power of a plain number is due"
    return first[0] ** second[0], {}


OPERATORS: Mapping[type[ast.operator], tuple[Callable[[Amount, Amount, int], Amount], int]] = {
    ast.Add: (_sum, 1),
    ast.Sub: (_sum, -1),
    ast.Mult: (_times, 1),
    ast.Div: (_times, -1),
    ast.Pow: (_power, 0),
}


def _evaluate(node: ast.expr, names: Mapping[str, Fact]) -> Amount:
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            apply, sign = OPERATORS[type(op)]
            return apply(_evaluate(left, names), _evaluate(right, names), sign)
        case ast.Constant(value=int() | float() as number):
            return float(number), {}
        case ast.Name(id=name):
            quantity = names[name].quantity()
        case ast.Constant(value=str() as text):
            quantity = parse(text)
        case _:
            raise AssertionError(f"not arithmetic: {ast.dump(node)}")
    return quantity.house, dict(quantity.dimension)


def recompute(expression: str, known: Mapping[str, Fact]) -> Amount:
    """Value and dimension of arithmetic over fact ids, numbers and quoted quantities."""
    names: dict[str, Fact] = {}

    def rename(match: re.Match[str]) -> str:
        if match[0].startswith("'"):
            return match[0]
        name = match[0].replace("-", "_")
        names[name] = known[match[0]]
        return name

    text = re.sub(r"'[^']*'|[a-z][a-z0-9]*(?:-[a-z0-9]+)*", rename, expression)
    return _evaluate(ast.parse(text, mode="eval").body, names)


DERIVED = sorted(name for name, fact in facts.load().items() if fact.derived)


@pytest.mark.parametrize("name", DERIVED)
def test_derived_facts_come_out_of_their_arithmetic(name: str) -> None:
    fact = facts.get(name)
    value, units = recompute(fact.derived, facts.load())
    assert units == dict(fact.quantity().dimension)
    assert value == pytest.approx(fact.quantity().house, rel=0.0101)


def test_the_arithmetic_tells_a_wrong_number_and_a_wrong_unit() -> None:
    known = facts.load()
    value, units = recompute("yuxinou-length - section-1520-length", known)
    assert (value, units) == (5749, {"km": 1})
    assert recompute("yuxinou-length / '2 days' * 3", known)[1] == {"km": 1, "s": -1}
    with pytest.raises(AssertionError, match="adds"):
        recompute("yuxinou-length - yuxinou-first-train-time", known)
    with pytest.raises(KeyError, match="no-such-fact"):
        recompute("no-such-fact / 2", known)


# ------------------------------------------------------------------------------------------------------ seeds as kept


def test_there_are_facts_on_every_corridor() -> None:
    assert len(facts.load()) >= 400


@pytest.mark.parametrize("name", sorted(facts.load()))
def test_every_fact_can_be_traced_and_read(name: str) -> None:
    fact = facts.get(name)
    if fact.confidence == "GK":
        assert (fact.low, fact.high) != ("", "")
    elif fact.confidence != "D" or not fact.derived:
        assert fact.sources
    assert all(source.title and source.address for source in fact.sources)
    parts: list[facts.Part] = ["low", "typical", "high"]
    values = [fact.quantity(part).house for part in parts if getattr(fact, part)]
    assert values == sorted(values)
    assert fact.value or values or fact.date or fact.statement


def test_every_row_of_the_register_of_the_source_documents_has_its_facts() -> None:
    carried = {fact.register for fact in facts.load().values() if fact.register}
    assert sorted(carried) == sorted(REGISTER)


def test_register_rows_name_the_document_they_come_from() -> None:
    documents = dict(zip("FGHIJ", ("seed-000", "seed-001", "seed-002", "seed-003", "seed-004"), strict=True))
    wrong = [
        fact.id
        for fact in facts.load().values()
        if fact.register and documents[fact.register[0]] not in [source.code for source in fact.sources]
    ]
    assert wrong == []


def test_every_source_has_an_address_that_can_be_opened_or_is_a_source_document() -> None:
    odd = [
        source.code
        for source in facts.sources().values()
        if not all(address.startswith(("http://", "https://")) for address in (source.address, *source.also))
    ]
    assert odd == ["seed-000", "seed-001", "seed-002", "seed-003", "seed-004"]


def test_notes_cite_sources_that_are_listed() -> None:
    cited = {code for fact in facts.load().values() for code in re.findall(r"\[(S[0-9]+[a-z]?)\]", fact.note)}
    assert len(cited) > 10
    assert sorted(cited - set(facts.sources())) == []


def test_known_numbers() -> None:
    assert facts.get("yuxinou-length").quantity().house == 11179
    assert facts.get("kazakhstan-exports-2020").quantity().to("CNY/year") == 634e6
    assert facts.get("minsk-westbound-opening").date == "2018-07-14"
    assert facts.get("brest-wait-2018").quantity("high").to("days") == 3
    assert facts.get("minsk-length").source == "general knowledge, not looked up"
    assert facts.get("section-1520-time-2024").address == "https://index1520.com/en/index/"


def _fact_references(node: yaml.Node | None) -> Iterator[str]:
    """Ids under ``fact`` keys anywhere in a YAML file."""
    for item in getattr(node, "value", ()) if isinstance(node, yaml.MappingNode | yaml.SequenceNode) else ():
        if isinstance(item, tuple):
            key, value = item
            if key.value == "fact" and isinstance(value, yaml.ScalarNode):
                yield value.value
            yield from _fact_references(value)
        else:
            yield from _fact_references(item)


def test_fact_references_are_found_at_any_depth() -> None:
    node = yaml.compose("a: {b: [{fact: x}, {c: {fact: y}}]}\nfact: {fact: z}", Loader=yaml.CSafeLoader)
    assert list(_fact_references(node)) == ["x", "y", "z"]


def test_every_fact_that_a_scenario_names_exists() -> None:
    missing = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in sorted((ROOT / "scenarios").rglob("*.yaml"))
        for name in _fact_references(yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))
        if name not in facts.load()
    ]
    assert missing == []


# ------------------------------------------------------------------------------------------------------------- errors


def _write(folder: Path, text: str) -> Path:
    (folder / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    (folder / "lines.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_small_folder_reads(tmp_path: Path) -> None:
    known = facts.load(_write(tmp_path, LENGTH))
    assert list(known) == ["line-length"]
    assert known["line-length"].source == "Timetable"
    assert known["line-length"].quantity().house == 100


def test_an_unknown_id_brings_the_nearest_one() -> None:
    with pytest.raises(FactError, match=r"^unknown fact 'yuxinou-lenght' - did you mean 'yuxinou-length'"):
        facts.get("yuxinou-lenght")


def test_a_range_has_no_value() -> None:
    with pytest.raises(FactError, match=r"^fact 'brest-wait-2018' has no value; it has low, high$"):
        facts.get("brest-wait-2018").quantity()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "value: 100 km",
            "valeu: 100 km",
            "lines.yaml:4:10: line-length.valeu: unknown field 'valeu' - did you mean 'value'?",
        ),
        ("value: 100 km", "value: 100", "lines.yaml:4:10: line-length.value: 100 lacks a unit, e.g. '12 days'"),
        ("value: 100 km", "value: -100 km", "lines.yaml:4:10: line-length.value: '-100 km' is below 0"),
        ("value: 100 km", "value: [100 km, {a: b}]", "line-length.value: a text, or a list of texts, is due here"),
        ("value: 100 km", "low: 3 km\n  high: 2 km", "line-length.high: '2 km' is below '3 km': low, typical and high"),
        ("value: 100 km", "low: 3 km\n  high: 5 h", "line-length.high: '5 h' does not measure the same as '3 km'"),
        ("value: 100 km", "low: 3 km", "a number needs 'value', or 'low' and 'high'"),
        ("value: 100 km", "kind: date", "a fact of kind date needs 'date'"),
        ("value: 100 km", "kind: date\n  date: 14 July", "'14 July' is no date such as 2018, 2018-07 or 2018-07-14"),
        ("source: S1", "source: S2", "line-length.source: unknown source 'S2' - did you mean 'S1'?"),
        ("  source: S1\n", "", "lines.yaml:2:1: line-length: a fact needs 'source', unless"),
        ("confidence: A", "confidence: Z", "'Z' is none of A, B, C, D, GK"),
        (
            "confidence: A",
            "confidence: A\n  what: twice",
            "lines.yaml:9:3: line-length.what: duplicate key 'what', the first",
        ),
        ("line-length:", "Line length:", "an id is made of small letters"),
        ("  where: A - B\n", "", "lines.yaml:2:1: line-length: a fact needs 'where'"),
        ("  value: 100 km", " value: 100 km", "lines.yaml:4:2: not YAML: did not find expected key"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in LENGTH
    with pytest.raises(FactError, match=re.escape(message)):
        facts.load(_write(tmp_path, LENGTH.replace(old, new)))


def test_all_problems_come_at_once_in_order(tmp_path: Path) -> None:
    folder = _write(tmp_path, LENGTH.replace("100 km", "100 dyas").replace("S1", "T1"))
    (folder / "again.yaml").write_text(LENGTH, encoding="utf-8")
    with pytest.raises(FactError) as refusal:
        facts.load(folder)
    assert str(refusal.value).splitlines() == [
        "lines.yaml:2:1: line-length: second entry of this name, the first is at again.yaml:2",
        "lines.yaml:4:10: line-length.value: unknown unit 'dyas' in '100 dyas' - did you mean 'days'?",
        "lines.yaml:7:11: line-length.source: unknown source 'T1' - did you mean 'S1'?",
    ]


def test_general_knowledge_is_given_as_a_range(tmp_path: Path) -> None:
    text = LENGTH.replace("  source: S1\n", "").replace("confidence: A", "confidence: GK")
    with pytest.raises(FactError, match="general knowledge is given as a range"):
        facts.load(_write(tmp_path, text))


def test_an_empty_folder_is_no_seeds(tmp_path: Path) -> None:
    with pytest.raises(FactError, match="no facts in"):
        facts.load(tmp_path)
