"""Runs all measurements, writes ``benchmarks/results.json`` and the table in ``docs/performance.md``.

``python -m benchmarks saving feed`` runs some parts only and leaves the results of the others as they stand.
"""

import json
import platform
import sys
from pathlib import Path

from benchmarks import (
    card,
    emulator_scale,
    expression,
    feed,
    importing,
    messages,
    operators,
    overhead,
    saving,
    search,
    workers,
)
from benchmarks.measuring import Result

ROOT = Path(__file__).resolve().parent.parent
LIMITS = {
    "search 10 billings": 1.3,
    "call to candidates": 1.5,
    "overhead json": 1.5,
    "overhead xml": 1.7,
    "card first paint requests": 1.0,
    "card first paint requests cold": 1.0,
    "section sequential requests": 1.0,
    "emulator 100k": 2.0,
    "save wall parameter": 1.2,
    "save wall payment": 1.2,
    "save sequential requests parameter": 1.0,
    "save sequential requests payment": 1.0,
    "feed 500k memory": 1.1,
    "feed 500k": 2.0,
    "match one": 1.0,
    "match one mariadb": 1.0,
    "import 1000": 0.2,
    "import 1000 mariadb": 0.2,
    "import 1000 memory": 1.0,
    "import 1000 memory mariadb": 1.0,
    "two workers": 0.6,
    "worker memory": 1.0,
    "operators errors": 0,
    "operators p95": 1.0,
    "operators median": 2.0,
}
VALUES = {"expression": 50.0}
"""What is wanted of the value itself, not of its ratio."""


PARTS = {
    part.__name__.rpartition(".")[2]: part
    for part in (
        overhead,
        card,
        expression,
        search,
        messages,
        emulator_scale,
        feed,
        saving,
        operators,
        importing,
        workers,
    )
}
RESULTS = ROOT / "benchmarks" / "results.json"


def main(names: list[str]) -> int:
    """Measures the named parts, or everything; ends with 1 when a result is over its limit."""
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        print(f"there is no part {unknown[0]}: {', '.join(PARTS)}")
        return 2
    measured: dict[str, Result] = {}
    for name in names or PARTS:
        for result in PARTS[name].run():
            measured[result.name] = result
            print(line(result), flush=True)
    known = [Result(**entry) for entry in json.loads(RESULTS.read_text("utf-8"))] if names and RESULTS.exists() else []
    results = list({result.name: result for result in (*known, *measured.values())}.values())
    RESULTS.write_text(json.dumps([result.as_json() for result in results], indent=2) + "\n", "utf-8")
    (ROOT / "docs" / "performance.md").write_text(document(results), "utf-8")
    return 0 if all(map(kept, measured.values())) else 1


def kept(result: Result) -> bool:
    """Whether a result is within its limit."""
    if result.name in VALUES:
        return result.value <= VALUES[result.name]
    return result.ratio <= LIMITS[result.name]


def wanted(result: Result) -> str:
    """The limit of a result in words: a ratio, or a value with its unit."""
    return f"≤ {VALUES[result.name]:g} {result.unit}" if result.name in VALUES else f"≤ {LIMITS[result.name]}"


def line(result: Result) -> str:
    """One result for the eye."""
    verdict = "ok" if kept(result) else "OVER"
    return (
        f"{result.name:36} {result.value:>10} {result.unit:8} baseline {result.baseline:>10}"
        f"  ratio {result.ratio:>6} (wanted {wanted(result)}) {verdict}"
    )


def document(results: list[Result]) -> str:
    """The page ``docs/performance.md``."""
    rows = "\n".join(
        f"| {result.name} | {result.value} {result.unit} | {result.baseline} {result.unit}"
        f" | {result.ratio} | {wanted(result)} |"
        for result in results
    )
    return (
        "# Performance\n\n"
        "Written by `make bench`. Each value is measured in turn with its baseline in the same run; the ratio counts,"
        " not the milliseconds.\n\n"
        f"Python {platform.python_version()}, {platform.machine()}.\n\n"
        "| what | value | baseline | ratio | wanted |\n|---|---|---|---|---|\n" + rows + "\n\n" + NOTES
    )


NOTES = """\
- **search 10 billings**: handler time of a search over ten billings of 100 ms latency, against one of them.
- **call to candidates**: from a call that arrives to the page with its candidates, three billings of 100 ms latency
  against one of them; every call is a message of its own, so that nothing is remembered.
- **overhead json**: contract info on 9.2 against a bare pooled httpx POST with both JSON decodings; the server answers
  at once with canned bytes, so that only the client's own work counts.
- **overhead xml**: 200 payments on 7.2 against httpx and ElementTree, canned likewise.
- **card first paint requests**: billing requests until the card's header and tree stand, the most over all version
  bands. *cold* is the first card of a process, with the detection of the version; its baseline is the allowed three.
- **section sequential requests**: the longest chain of billing requests that waited for each other, over all sections
  of the card in five bands; the baseline is the allowed two.
- **emulator 100k**: search by exact and partial number with 100 000 contracts against 1 000.
- **expression**: the number expression of the product description, already read, with the limits and everything that
  guards it; the baseline is the same written in Python, which guards nothing.
- **save wall**: the post that saves a contract parameter, or a payment, until its answer is there, against the very
  same billing calls made bare, one after another; 100 ms latency, the worse of 7.2 and 9.2. Journal, checks and
  drawing are in it.
- **save sequential requests**: the longest chain of billing requests of such a save that waited for each other, over
  all version bands; the baseline is a look at what is there, the write, and a look at what is there now.
- **feed 500k memory**: the peak memory of a process that feeds 500 000 houses to a billing, against 50 000.
- **feed 500k**: the time that it takes, against ten times that of 50 000 houses.
- **match one**: the decision whose customer a contract is, candidates read from 200 000 customers of the example host,
  for one of the few that an import takes together; the baseline is the allowed millisecond.
- **import 1000**: a contract's share of an import of 1 000 into these customers, emulator latency 10 ms, against the
  import of one contract after another. *memory* is the peak of the process that does it, the baseline the allowed
  300 MB.
- **two workers**: an import of 1 000 contracts by two workers of a fleet on Redis and MariaDB, emulator latency 100 ms,
  against one worker. **worker memory** is the most that one of them has held.
- **operators**: fifty people with a contract each read cards, parameters, money, notes and tariffs and change
  parameters, payments and notes, with two seconds to think after each page; gunicorn gthread, two workers of sixteen
  threads, 20 ms latency, everything on one machine. *errors* are pages that failed (the baseline counts all pages).
  *p95* is the share that pages take of what they may, the worst of pages, forms, questions and saves: twice the
  latency of their chain of billing requests and 60 ms. *median* is that of all pages against views without anything of
  ours that make the same calls bare, one after another.
"""

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
