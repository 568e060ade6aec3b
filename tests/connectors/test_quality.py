"""Each channel answers for the same rules, and what it calls done is shown by a test."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KINDS = sorted(path.parent for path in (ROOT / "connectors").glob("*/convert.py"))
STATUSES = {"done": "test", "todo": "reason", "exempt": "reason"}
RULES = {
    "durable_before_acknowledged",
    "no_duplicates_in_order",
    "one_process_per_account",
    "lost_lease_closes",
    "supervised_reconnect",
    "flag_closes_within_two_seconds",
    "logged_out_is_noticed",
    "malformed_update_is_parked",
    "edits_keep_the_old_version",
    "deletes_are_marked",
    "album_is_one_turn",
    "attachments_in",
    "attachments_out",
    "too_big_file_is_told",
    "unreachable_customer_is_noted",
    "doubtful_send_is_unsure",
    "unsent_is_told_from_doubtful",
    "flood_wait_obeyed",
    "idempotent_send",
    "read_receipts",
    "webhook_secret",
    "history_sync",
    "proxy",
}


@pytest.mark.parametrize("folder", KINDS, ids=lambda folder: folder.name)
def test_a_channel_answers_for_every_rule(folder: Path) -> None:
    said = tomllib.loads((folder / "quality.toml").read_text())
    assert set(said) == RULES
    tests = "\n".join(path.read_text() for path in (ROOT / "tests/connectors").glob("test_*.py"))
    for rule, answer in said.items():
        needed = STATUSES[answer["status"]]
        assert set(answer) == {"status", needed}, rule
        assert answer[needed].strip(), rule
        if needed == "test":
            assert f"def {answer['test']}(" in tests, rule
