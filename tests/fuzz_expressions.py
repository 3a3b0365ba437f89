"""Random programs of the expression language: none may hang, exhaust memory, or reach Python.

``make fuzz`` runs a million; ``python -m tests.fuzz_expressions --count N --seed S`` as many as are wanted. Half are
made by the grammar, half by spoiling known ones. A program that is not to be borne is printed with its seed.
"""

import argparse
import random
import resource
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from time import perf_counter

from flask_bgbilling.expr import Expression, ExpressionError, ExpressionObject, Limits, Namespace

HANG_SECONDS = 20
LIMITS = Limits(steps=20_000, seconds=0.5, produced=1_000_000)
KNOWN = (
    "if (numberFrom.length() == 11) { numberFrom = numberFrom.substring(1) }; return numberFrom;",
    "numberFrom.replaceAll('[^0-9]', '')",
    "numberFrom =~ '8\\\\d{10}' ? '7' + numberFrom.substring(1) : numberFrom",
    "return numberFrom.startsWith('+') ? numberFrom.substring(1) : numberFrom;",
    "if (numberFrom.matches('[78]\\\\d{10}')) { return '+7' + numberFrom.substring(1) } else { return numberFrom }",
    "for (var c : [1, 2, 3]) { x = c } return x;",
    "var a = 1; { a = 2 } while (a < 100) { a = a * 2; if (a == 64) break } return {a, 'b'};",
    "bgbilling.cp(4, 'address', 7); setStatus(process.typeId); log.info('x' + NEW_LINE)",
    "x = 'ab'; x += x; x = [x, x]; y = x.contains('ab') ?: empty(x); size(y.toString())",
    "su.join(cu.union([1, 2], {2, 3}), ', ') + tu.today() + u.digits(numberFrom)",
    "'a1b2'.replaceAll('(?<d>[0-9])', '<${d}$0>').split('<')[0].toUpperCase()",
    "x = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'; x =~ '(a+)+$' || x.matches('(a|a)*b') || x.replaceAll('(a*)*', '$1$1')",
)
NAMES = (
    "numberFrom", "x", "y", "process", "bgbilling", "user", "su", "cu", "u", "tu", "log", "NEW_LINE", "__class__",
    "__builtins__", "getClass", "self", "import", "exec", "$", "_", "a1",
)  # fmt: skip
METHODS = (
    "length", "substring", "startsWith", "endsWith", "contains", "indexOf", "lastIndexOf", "replace", "replaceAll",
    "replaceFirst", "trim", "matches", "isEmpty", "isBlank", "toLowerCase", "toUpperCase", "charAt", "split", "concat",
    "equals", "size", "toString", "getClass", "__init__", "__class__", "cp", "getTypeId", "join", "union", "forName",
    "format", "format_map", "encode", "append", "items",
)  # fmt: skip
TEXTS = (
    "''", "'a'", "'+7 (917) 123-45-67'", '"79171234567"', "'8\\\\d{10}'", "'(a+)+b'", "'(a|aa)*c'", "'.*'", "'$1$0'",
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'", "'(.*)(.*)(.*)(.*)(.*)x'", "'[a-z&&[^b]]'", "'\\u0041'", "'${n}'", "'ИваНов'",
    "'(?iu)(?:ив|и){1,999}'", "'%s%n{0.__class__}'", "'ﬀ𝔸\u0130'", "'999999999999999999999'", "'1e400'", "'-0'", "','",
    "'((((((a?){9}){9}){9}){9}){9})'", "'(?=(a+))*'", "'a{0,1000}'", "'^|$|\\\\b'",
)  # fmt: skip
NUMBERS = (
    "0", "1", "2", "7", "11", "100", "65536", "2147483647", "9999999999", "99999999999999999999999999", "1.5", "0.1",
    "1e308", "1e-308", "3.5B", "1e400B", "7L",
)  # fmt: skip
BINARY = (
    "+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "eq", "ne", "lt", "le", "gt", "ge", "and", "or", "&&",
    "||", "=~", "!~", "=^", "=$", "!^", "!$", "div", "mod", "?:",
)  # fmt: skip
SPOILERS = (
    "(", ")", "{", "}", "[", "]", ";", ",", ".", "'", '"', "\\", "?", ":", "=", "!", "-", "if", "else", "for", "while",
    "return", "var", "##", "//", "/*", "*/", "\n", "\x00", "\u202e", "́", "١", "ａ", "\U0001f600", "empty ", "not ",
    "null", ".__class__", ".getClass().forName('java.lang.Runtime')", "new java.lang.Object()", "while (true) {",
    "x = x + x;", "x = [x, x, x];", "for (i : x) ", "0x1f", "1e999", "&&", "|", "$", "@", "#", "`", "..",
)  # fmt: skip
ALLOWED = (type(None), bool, int, float, Decimal, str, ExpressionObject)


class Escape(AssertionError):
    """A program did what no program may do."""


@dataclass
class Report:
    """What came of all programs. ``slowest`` are seconds and text of the slowest one."""

    count: int = 0
    slowest: tuple[float, str] = (0.0, "")
    outcomes: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: str, seconds: float, text: str) -> None:
        """Counts a program."""
        self.count += 1
        self.outcomes[outcome] += 1
        if seconds > self.slowest[0]:
            self.slowest = (seconds, text)


def programs(seed: int, count: int) -> Iterator[str]:
    """So many programs; the same seed gives the same."""
    chance = random.Random(seed)
    for _ in range(count):
        yield grown(chance) if chance.random() < 0.5 else spoilt(chance)


def grown(chance: random.Random) -> str:
    """A program by the grammar."""
    return " ".join(_statement(chance, chance.randint(1, 3)) for _ in range(chance.randint(1, 4)))


def _statement(chance: random.Random, depth: int) -> str:
    kind = chance.randrange(12)
    if depth <= 0 or kind < 5:
        return f"{_expression(chance, depth)};"
    value = _expression(chance, depth - 1)
    body = _statement(chance, depth - 1)
    name = chance.choice(NAMES)
    return (
        f"return {value};", f"{name} = {value};", f"var {name} = {value};", f"if ({value}) {{ {body} }}",
        f"if ({value}) {body} else {body}", f"for (var {name} : {value}) {{ {body} }}", f"while ({value}) {{ {body} }}",
    )[kind - 5]  # fmt: skip


def _expression(chance: random.Random, depth: int) -> str:
    kind = chance.randrange(14) if depth > 0 else chance.randrange(4)
    if kind == 0:
        return chance.choice(NAMES)
    if kind in (1, 2):
        return chance.choice(TEXTS)
    if kind == 3:
        return chance.choice((*NUMBERS, "true", "false", "null"))
    parts = [_expression(chance, depth - 1) for _ in range(chance.randint(1, 3))]
    first, listed = parts[0], ", ".join(parts)
    return (
        f"({first})", f"{first} {chance.choice(BINARY)} {parts[-1]}", f"{first} {chance.choice(BINARY)} {parts[-1]}",
        f"{first}.{chance.choice(METHODS)}({listed})", f"{first}.{chance.choice(METHODS)}()", f"[{listed}]",
        f"{{{listed}}}", f"{first} ? {parts[-1]} : {first}", f"{first}[{parts[-1]}]",
        chance.choice((f"!{first}", f"-{first}", f"empty({first})", f"size({first})", f"not {first}")),
    )[kind - 4]  # fmt: skip


def spoilt(chance: random.Random) -> str:
    """A known program with something cut, doubled, repeated or put in."""
    text = chance.choice(KNOWN) if chance.random() < 0.7 else grown(chance)
    for _ in range(chance.randint(1, 5)):
        first, last = sorted((chance.randint(0, len(text)), chance.randint(0, len(text))))
        how = chance.randrange(7)
        if how == 0:
            text = text[:first] + text[last:]
        elif how == 1:
            text = text[:last] + text[first:]
        elif how in (2, 3):
            text = text[:first] + chance.choice(SPOILERS) + text[first:]
        elif how == 4:
            text = text[:first] + chance.choice((*TEXTS, *NUMBERS, *NAMES)) + text[last:]
        elif how == 5 and chance.random() < 0.05:
            text = text[:first] + chance.choice((*SPOILERS, *TEXTS)) * chance.randint(2, 3000) + text[last:]
        else:
            other = chance.choice(KNOWN)
            text = text[:first] + other[chance.randint(0, len(other)) :]
    return text


def run(texts: Iterator[str], report: Report) -> None:
    """Runs programs; raises :class:`Escape` for one that is not to be borne."""
    reached = _Reached()
    for text in texts:
        started = perf_counter()
        try:
            value = Expression(text).evaluate(
                {"numberFrom": "+7 (917) 123-45-67", "x": "a" * 40}, reached.namespace, LIMITS
            )
        except ExpressionError as error:
            outcome = error.code
            if not error.text():
                raise Escape(f"no words: {text!r}") from error
        except Exception as error:
            raise Escape(f"{type(error).__name__} from {text!r}") from error
        else:
            outcome = "value"
            check(value, text)
        report.add(outcome, perf_counter() - started, text)


class _Reached:
    """Objects and functions as a host declares them; they look at what they are given."""

    def __init__(self) -> None:
        process = ExpressionObject("process", {"close": self.told}, {"typeId": 3, "description": lambda: "text"})
        billing = ExpressionObject("bgbilling", {"cp": self.told})
        self.namespace = Namespace({"process": process, "bgbilling": billing}, {"setStatus": self.told})

    def told(self, *arguments: object) -> object:
        """Gives back the first argument."""
        for argument in arguments:
            check(argument, "an argument")
        return arguments[0] if arguments else None


def check(value: object, text: str) -> None:
    """Whether a value is of those that expressions may have, in depth."""
    if isinstance(value, (list, set)):
        for item in value:
            check(item, text)
    elif type(value) not in ALLOWED:
        raise Escape(f"{type(value)} from {text!r}")
    if isinstance(value, str) and len(value) > LIMITS.characters:
        raise Escape(f"{len(value)} characters from {text!r}")


def tell(line: str) -> None:
    """Prints a line at once."""
    print(line, flush=True)  # noqa: T201


def _hang(*_: object) -> None:
    raise Escape("a program hangs")


def main() -> int:
    """Runs the command line; ends with 1 when a program did what none may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    options = parser.parse_args()
    report, began, batch = Report(), perf_counter(), 1000
    signal.signal(signal.SIGALRM, _hang)
    tell(f"seed {options.seed}")
    for start in range(0, options.count, batch):
        seed = options.seed + start
        for text in programs(seed, min(batch, options.count - start)):
            signal.alarm(HANG_SECONDS)
            try:
                run(iter((text,)), report)
            except Escape as escape:
                tell(f"after {report.count} programs of seed {seed}: {escape}\n{text!r}")
                return 1
        signal.alarm(0)
        if report.count % 50_000 == 0:
            tell(f"{report.count} in {perf_counter() - began:.0f} s")
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    tell(f"{report.count} programs in {perf_counter() - began:.0f} s, {used} MB at most: {dict(report.outcomes)}")
    tell(f"slowest {report.slowest[0] * 1000:.0f} ms: {report.slowest[1][:300]!r}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
