"""Secrets at rest open with their key, in their place, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.kernel.crypto import SecretBroken, Vault, fingerprint, new_token, same

VAULT = Vault(bytes(32))


@given(st.text(), st.text())
def test_what_is_sealed_opens_in_its_place(secret: str, place: str) -> None:
    assert VAULT.open(VAULT.seal(secret, place=place), place=place) == secret


def test_a_row_copied_to_another_store_does_not_open() -> None:
    sealed = VAULT.seal("token", place="store-1|channel_accounts|7|secret")
    with pytest.raises(SecretBroken):
        VAULT.open(sealed, place="store-2|channel_accounts|7|secret")


@pytest.mark.parametrize(
    "spoil", [lambda s: s[:-1] + b"\x00", lambda _: b"", lambda s: b"\x02" + s[1:]]
)
def test_a_spoilt_secret_does_not_open(spoil: object) -> None:
    sealed = VAULT.seal("token", place="p")
    with pytest.raises(SecretBroken):
        VAULT.open(spoil(sealed), place="p")  # type: ignore[operator]


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(SecretBroken):
        Vault(bytes(31) + b"\x01").open(VAULT.seal("token", place="p"), place="p")


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Vault(b"short")


def test_the_same_secret_never_looks_the_same_twice() -> None:
    assert VAULT.seal("token", place="p") != VAULT.seal("token", place="p")


def test_tokens_fit_a_deep_link_and_only_their_fingerprint_is_kept() -> None:
    token = new_token()
    assert len(f"inv_{token}") <= 64
    assert fingerprint(token) != fingerprint(new_token())


def test_comparing_takes_whatever_somebody_sends() -> None:
    assert same("s3cret", "s3cret")
    assert not same("пароль", "s3cret")
    assert not same("\udcff", "s3cret")
