"""The journal's chain: what is hashed, and what a broken chain tells of what was done to it."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.journal.chain import HASHED, START, Entry, canonical, following, hash_of
from app.journal.verification import MOST_FAULTS, Fault, Kind, Verdict, verify
from app.models.tables import journal_entries

KEY = b"a key that only the service knows"
AREA = UUID(int=1)
AT = datetime(2024, 5, 3, 8, 30, tzinfo=UTC)


def plain(number: int) -> Entry:
    after = {"status": "on_target", "number": number}
    return Entry(
        UUID(int=1000 + number), AREA, number, AT + timedelta(minutes=number), "user", UUID(int=7),
        "Ed Editor", "action", UUID(int=70), "updated", {"status": "delayed"}, after, "Survey went live",
    )  # fmt: skip


def chained(entries: Sequence[Entry], key: bytes = KEY) -> list[Entry]:
    found: list[Entry] = []
    for entry in entries:
        previous = found[-1].hash if found else START
        found.append(entry._replace(hash=following(previous, entry[:-1], key)))
    return found


LENGTH = 12
JOURNAL = chained([plain(number) for number in range(1, LENGTH + 1)])


def found(entries: Sequence[Entry], last: int = LENGTH) -> list[tuple[int, str, int]]:
    """The faults of a tampered journal, read in the order of its sequences."""
    ordered = sorted(entries, key=lambda entry: entry.sequence)
    return [(fault.sequence, str(fault.kind), fault.other) for fault in verify(ordered, KEY, last).faults]


def at(number: int, **changed: object) -> list[Entry]:
    return [entry._replace(**changed) if entry.sequence == number else entry for entry in JOURNAL]


# --- What is hashed ---------------------------------------------------------------------------------------


def test_every_column_of_the_journal_is_hashed():
    assert {*HASHED, "hash"} == set(journal_entries.columns.keys())


def test_an_entry_is_the_same_whatever_database_it_was_read_from():
    entry = plain(1)
    as_sqlite_has_it = entry._replace(
        id=entry.id.hex,
        area_id=AREA.hex,
        author_id=entry.author_id.hex,
        subject_id=entry.subject_id.hex,
        recorded_at="2024-05-03 08:31:00.000000",
    )
    assert canonical(entry) == canonical(as_sqlite_has_it)
    elsewhere = entry.recorded_at.astimezone(timezone(timedelta(hours=14)))
    assert canonical(entry) == canonical(entry._replace(recorded_at=elsewhere))


def test_the_order_of_names_does_not_matter_and_that_of_lists_does():
    one, other = {"a": 1, "b": [1, 2]}, {"b": [1, 2], "a": 1}
    assert canonical([one]) == canonical([other])
    assert canonical([[1, 2]]) != canonical([[2, 1]])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["a", "bc"], ["ab", "c"]),
        (["a", None], ["a", "null"]),
        ([1], ["1"]),
        ([True], [1]),
        ([1.0], [1]),
        ([""], [None]),
        (['a","b'], ["a", "b"]),
        (["é"], ["e\u0301"]),
        ([{"a": None}], [{}]),
        (["a\\u0062"], ["ab"]),
    ],
)
def test_what_differs_has_different_bytes(one: list[object], other: list[object]):
    assert canonical(one) != canonical(other)


def test_the_format_is_fixed():
    """Changing it would make every journal look edited."""
    entry = Entry(
        UUID(int=5), AREA, 1, AT, "user", None, "Zoë", "action", UUID(int=6), "updated", None,
        {"points": [{"ref": "1.1"}], "due_on": None, "share": 0.1}, "why",
    )  # fmt: skip
    assert canonical(entry[:-1]) == (
        b'["00000000000000000000000000000005","00000000000000000000000000000001",1,'
        b'"2024-05-03 08:30:00.000000","user",null,"Zo\\u00eb","action",'
        b'"00000000000000000000000000000006","updated",null,'
        b'{"due_on":null,"points":[{"ref":"1.1"}],"share":0.1},"why"]'
    )
    assert following(START, entry[:-1], KEY) == (
        "dd0a725db031a5dcdeb309307db4c8da53591cc951454c3a18d7e42c2cc2ce6b"
    )


def test_an_entry_given_by_name_has_the_same_hash():
    entry = JOURNAL[0]
    assert hash_of(START, entry._asdict(), KEY) == entry.hash


# --- What is found ----------------------------------------------------------------------------------------


def test_a_journal_as_it_was_written_has_no_fault_and_ends_in_its_head():
    assert verify(JOURNAL, KEY, LENGTH) == Verdict(head=JOURNAL[-1].hash)
    assert verify([], KEY, 0) == Verdict(head=START)


@pytest.mark.parametrize("column", [name for name in Entry._fields if name != "sequence"])
@pytest.mark.parametrize("number", [1, 5, LENGTH])
def test_an_edited_entry_is_named(column: str, number: int):
    assert found(at(number, **{column: "something else"})) == [(number, "edited", number)]


@pytest.mark.parametrize("first", [1, 5])
@pytest.mark.parametrize("last", [5, 8])
def test_missing_entries_are_named(first: int, last: int):
    kept = [entry for entry in JOURNAL if not first <= entry.sequence <= last]
    assert found(kept) == [(first, "missing", last)]


def test_a_cut_tail_is_named():
    assert found(JOURNAL[:9]) == [(10, "cut", LENGTH)]
    assert found([]) == [(1, "cut", LENGTH)]


def test_a_cut_tail_that_the_area_does_not_miss_is_found_by_a_head_noted_before():
    assert found(JOURNAL[:9], last=9) == []
    assert verify(JOURNAL[:9], KEY, 9, sought=JOURNAL[-1].hash).sought_at is None
    assert verify(JOURNAL, KEY, LENGTH, sought=JOURNAL[4].hash).sought_at == 5


def test_a_missing_entry_is_named_though_those_after_it_were_renumbered():
    moved = [one._replace(sequence=one.sequence - (one.sequence > 5)) for one in JOURNAL if one.sequence != 5]
    assert found(moved, last=LENGTH) == [(5, "missing", 5)]
    assert found(moved, last=LENGTH - 1) == [(5, "missing", 5)]


@pytest.mark.parametrize("last", [LENGTH, LENGTH + 1])
def test_an_inserted_entry_is_named_though_those_after_it_were_renumbered(last: int):
    forged = plain(5)._replace(id=UUID(int=9), after={"status": "complete"})
    forged = forged._replace(hash=following(JOURNAL[3].hash, forged[:-1], b"a guess at the key"))
    moved = [one._replace(sequence=one.sequence + (one.sequence >= 5)) for one in JOURNAL]
    assert found([*moved, forged], last=last) == [(5, "inserted", 5)]


def test_an_entry_put_at_the_end_is_found():
    forged = plain(LENGTH + 1)._replace(hash="f" * 64)
    assert found([*JOURNAL, forged]) == [(LENGTH + 1, "inserted", LENGTH + 1)]
    assert found([*JOURNAL, forged], last=LENGTH + 1) == [(LENGTH + 1, "edited", LENGTH + 1)]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (4, 5, [(4, "swapped", 5)]),
        (1, 2, [(1, "swapped", 2)]),
        (LENGTH - 1, LENGTH, [(LENGTH - 1, "swapped", LENGTH)]),
        (3, 9, [(3, "swapped", 9), (9, "swapped", 3)]),
        (3, 5, [(3, "swapped", 5), (5, "swapped", 3)]),
    ],
)
def test_swapped_entries_are_named(one: int, other: int, expected: list[tuple[int, str, int]]):
    places = {one: other, other: one}
    moved = [entry._replace(sequence=places.get(entry.sequence, entry.sequence)) for entry in JOURNAL]
    assert found(moved) == expected


def test_an_entry_moved_to_the_end_is_told_from_its_place():
    moved = at(5, sequence=LENGTH + 1)
    assert found(moved, last=LENGTH + 1) == [(5, "missing", 5), (LENGTH + 1, "swapped", 5)]


@pytest.mark.parametrize("sequence", [0, -3, "five", None, 4.5])
def test_a_sequence_that_is_none_is_found(sequence: object):
    tampered = [entry._replace(sequence=sequence) if entry.sequence == 5 else entry for entry in JOURNAL]
    verdict = verify(tampered, KEY, LENGTH)
    assert Fault(5, Kind.missing, 5) in verdict.faults
    assert len(verdict.faults) == 2


def test_several_faults_are_each_named():
    tampered = [entry for entry in at(3, reason="other") if entry.sequence != 7][:-2]
    assert found(tampered) == [(3, "edited", 3), (7, "missing", 7), (11, "cut", 12)]


def test_with_another_key_nothing_fits_and_only_so_much_is_told():
    many = chained([plain(number) for number in range(1, 101)], b"another key")
    verdict = verify(many, KEY, 100)
    assert verdict.faults[0] == Fault(1, Kind.edited, 1)
    assert len(verdict.faults) == MOST_FAULTS
    assert verdict.more_faults > 0


# --- Whatever is done to it -------------------------------------------------------------------------------

Journal = list[Entry]
_numbers = st.integers(1, LENGTH)


def _removed(journal: Journal, number: int) -> Journal:
    return [one for one in journal if one.sequence != number]


def _edited(journal: Journal, number: int) -> Journal:
    return [one._replace(author_name="Nobody") if one.sequence == number else one for one in journal]


def _doubled(journal: Journal, number: int) -> Journal:
    copy = next(one for one in JOURNAL if one.sequence == number)
    return [*journal, copy._replace(sequence=max(one.sequence for one in journal) + 1)]


def _renumbered(journal: Journal, number: int) -> Journal:
    return [one._replace(sequence=one.sequence + (one.sequence >= number)) for one in journal]


@given(
    st.lists(st.tuples(st.sampled_from([_removed, _edited, _doubled, _renumbered]), _numbers), min_size=1),
    st.booleans(),
)
def test_no_combination_of_changes_passes(
    steps: list[tuple[Callable[[Journal, int], Journal], int]], resets: bool
):
    journal = JOURNAL
    for change, number in steps:
        if journal:
            journal = sorted(change(journal, number), key=lambda one: one.sequence)
    last = max((one.sequence for one in journal), default=0) if resets else LENGTH
    verdict = verify(journal, KEY, last, sought=JOURNAL[-1].hash)
    untouched = journal == JOURNAL
    assert untouched == (not verdict.faults and verdict.sought_at == LENGTH)
