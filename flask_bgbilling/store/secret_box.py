"""Secrets at rest: encrypted by keys that are for nothing else, and that can be changed."""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from flask_bgbilling.errors import ConfigurationError


class SecretBox:
    """Encrypts short texts with the first key and reads those of all keys.

    ``keys`` are URL-safe base64 keys as ``flask bgbilling secrets new-key`` makes them (setting
    ``BGBILLING_SECRET_KEYS``, newest first). To change a key: put a new one in front, ``rotate`` every stored token,
    drop the old key. Neither keys nor plain texts ever appear in errors.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise ConfigurationError(detail="BGBILLING_SECRET_KEYS is empty: flask bgbilling secrets new-key")
        if isinstance(keys, str):
            raise ConfigurationError(detail="BGBILLING_SECRET_KEYS is one text: expected a list of keys")
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except ValueError:
            raise ConfigurationError(detail="BGBILLING_SECRET_KEYS holds something that is not a key") from None

    @staticmethod
    def new_key() -> str:
        """A fresh random key."""
        return Fernet.generate_key().decode()

    def seal(self, text: str) -> str:
        """The text encrypted; every call gives another token."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, token: str) -> str:
        """The text of a token; ``ConfigurationError`` when none of the keys fits."""
        try:
            return self._fernet.decrypt(token.encode()).decode()
        except InvalidToken:
            raise ConfigurationError(detail="a stored secret fits none of BGBILLING_SECRET_KEYS") from None

    def rotate(self, token: str) -> str:
        """The same text under the first key."""
        try:
            return self._fernet.rotate(token.encode()).decode()
        except InvalidToken:
            raise ConfigurationError(detail="a stored secret fits none of BGBILLING_SECRET_KEYS") from None
