"""Character classes of Java's regular expressions, as pieces of a set of the ``regex`` package (version 1 syntax)."""

from typing import Final

DIGIT: Final = "0-9"
WORD: Final = "A-Za-z0-9_"
SPACE: Final = r" \t\n\x0b\f\r"
HORIZONTAL: Final = r" \t\xa0\u1680\u180e\u2000-\u200a\u202f\u205f\u3000"
VERTICAL: Final = r"\n\x0b\f\r\x85\u2028\u2029"
LINE_END: Final = r"\n\r\x85\u2028\u2029"

_CATEGORIES: Final = frozenset(
    "L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po S Sm Sc Sk So Z Zs Zl Zp C Cc Cf Co Cn".split()  # noqa: SIM905 - a table
)
_SCRIPTS: Final = frozenset(
    "Arabic Armenian Common Cyrillic Devanagari Georgian Greek Han Hangul Hebrew Hiragana Katakana Latin Thai".split()  # noqa: SIM905 - a table
)
_POSIX: Final = {
    "Lower": "a-z",
    "Upper": "A-Z",
    "ASCII": r"\x00-\x7f",
    "Alpha": "A-Za-z",
    "Digit": DIGIT,
    "Alnum": "A-Za-z0-9",
    "Punct": r"\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e",
    "Graph": r"\x21-\x7e",
    "Print": r"\x20-\x7e",
    "Blank": r"\x20\t",
    "Cntrl": r"\x00-\x1f\x7f",
    "XDigit": "0-9A-Fa-f",
    "Space": SPACE,
}
_CASED: Final = r"\p{Lu}\p{Ll}\p{Lt}"
_CASES: Final = {"Lower": "A-Za-z", "Upper": "A-Za-z", "Lu": _CASED, "Ll": _CASED, "Lt": _CASED}
_BINARY: Final = {
    "Alphabetic": r"\p{Alphabetic}",
    "Letter": r"\p{L}",
    "Digit": r"\p{Nd}",
    "Uppercase": r"\p{Uppercase}",
    "Lowercase": r"\p{Lowercase}",
    "White_Space": r"\p{White_Space}",
    "Punctuation": r"\p{P}",
}
_BLOCKS: Final = {"Cyrillic": r"\u0400-\u04ff", "BasicLatin": r"\x00-\x7f", "Basic_Latin": r"\x00-\x7f"}
_PREDEFINED: Final = {"d": DIGIT, "w": WORD, "s": SPACE, "h": HORIZONTAL, "v": VERTICAL}
_UNICODE: Final = {"d": r"\p{Nd}", "w": r"\w", "s": r"\s", "h": HORIZONTAL, "v": VERTICAL}


def predefined(letter: str, *, unicode: bool) -> str | None:
    """The piece of ``\\d``, ``\\D`` and the like; ``None`` for other letters."""
    found = (_UNICODE if unicode else _PREDEFINED).get(letter.lower())
    if found is None:
        return None
    return found if letter.islower() else f"[^{found}]"


def named(name: str, *, ignore_case: bool) -> str | None:
    """The piece of ``\\p{name}``; ``None`` for a name that is not supported."""
    if ignore_case and name.removeprefix("Is") in _CASES:
        return _CASES[name.removeprefix("Is")]
    if name in _POSIX:
        return _POSIX[name]
    plain = name.removeprefix("Is")
    if plain in _CATEGORIES:
        return rf"\p{{{plain}}}"
    if name.startswith("Is"):
        if plain in _SCRIPTS:
            return rf"\p{{Script={plain}}}"
        return _BINARY.get(plain)
    if name.startswith("In"):
        return _BLOCKS.get(name.removeprefix("In"))
    return None


def escaped(character: str) -> str:
    """A character that stands for itself, inside and outside of sets."""
    if character.isascii() and character.isalnum():
        return character
    code = ord(character)
    return rf"\u{code:04x}" if code < 0x10000 else rf"\U{code:08x}"


def span(first: str, last: str, *, ignore_case: bool) -> str:
    """The piece of a range; ``ignore_case`` adds the other case of ASCII letters, as Java's ``(?i)`` does."""
    piece = escaped(first) if first == last else f"{escaped(first)}-{escaped(last)}"
    if ignore_case:
        for low, high, shift in (("a", "z", -32), ("A", "Z", 32)):
            start, end = max(first, low), min(last, high)
            if start <= end:
                piece += f"{chr(ord(start) + shift)}-{chr(ord(end) + shift)}"
    return piece
