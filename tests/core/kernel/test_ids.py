"""Ids are in the order of time, and say when they were made."""

from datetime import UTC, datetime, timedelta

from core.kernel.ids import first_id_at, new_id, time_of


def test_ids_of_a_process_are_in_the_order_they_were_made() -> None:
    made = [new_id() for _ in range(5000)]
    assert made == sorted(made)
    assert len(set(made)) == 5000
    assert {one.version for one in made} == {7}


def test_an_id_says_when_it_was_made() -> None:
    assert abs(time_of(new_id()) - datetime.now(UTC)) < timedelta(seconds=1)


def test_the_first_id_of_a_moment_stands_before_all_of_it() -> None:
    before = first_id_at(datetime.now(UTC) - timedelta(milliseconds=1))
    assert before < new_id() < first_id_at(datetime.now(UTC) + timedelta(seconds=1))
