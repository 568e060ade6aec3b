"""Secrets at rest: AES-256-GCM under the master key, bound to the place they belong to."""

import hashlib
import hmac
import os
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_VERSION = 1
_NONCE_BYTES = 12
_KEY_BYTES = 32


class SecretBroken(Exception):
    """The ciphertext is not of this key, or stands in a place it was not written for."""


class Vault:
    """Encrypts and decrypts small secrets with one 32-byte master key."""

    def __init__(self, master_key: bytes) -> None:
        if len(master_key) != _KEY_BYTES:
            raise ValueError("the master key is 32 bytes")
        self._cipher = AESGCM(master_key)

    def seal(self, secret: str, *, place: str) -> bytes:
        """Encrypt; `place` (`tenant|table|row|field`) must be given again to open it."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, secret.encode(), place.encode())
        return bytes([_VERSION]) + nonce + sealed

    def open(self, sealed: bytes, *, place: str) -> str:
        """Decrypt; raises SecretBroken if the key, the bytes or the place is another."""
        if not sealed or sealed[0] != _VERSION:
            raise SecretBroken
        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            return self._cipher.decrypt(nonce, body, place.encode()).decode()
        except InvalidTag as broken:
            raise SecretBroken from broken


def new_token() -> str:
    """256 random bits, safe in an address and in a deep link (43 characters)."""
    return secrets.token_urlsafe(32)


def fingerprint(token: str) -> bytes:
    """What is stored of a token: SHA-256, enough for a value of 256 random bits."""
    return hashlib.sha256(token.encode()).digest()


def same(given: str, expected: str) -> bool:
    """Equal, compared in constant time, whatever characters either holds."""
    return hmac.compare_digest(given.encode(errors="surrogatepass"), expected.encode())
