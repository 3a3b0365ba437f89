"""A short form of ``make fuzz``."""

from tests.fuzz_expressions import Report, programs, run


def test_no_random_program_hangs_or_escapes() -> None:
    report = Report()
    run(programs(seed=5, count=2000), report)
    assert report.count == 2000
    assert report.outcomes["value"] > 150
    assert report.outcomes["expression limit"] > 20
    assert report.outcomes["expression syntax"] < 1300
