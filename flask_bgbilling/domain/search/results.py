"""What one billing answered to a search: rows without duplicates, counts, or what went wrong."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask_bgbilling.errors import BGBillingError
from flask_bgbilling.wire.dto.common import Page
from flask_bgbilling.wire.dto.search import FoundContract


@dataclass(frozen=True)
class ResultRow:
    """A found contract; ``ways`` are the keys of ``criteria.WAYS`` by which it was found."""

    cid: int
    number: str
    comment: str
    address: str
    ways: tuple[str, ...]


@dataclass(frozen=True)
class WayResult:
    """What one way of searching gave: how many contracts it found in all, or why it failed."""

    way: str
    found: int = 0
    error: BGBillingError | None = None


@dataclass(frozen=True)
class Block:
    """The answer of one billing.

    ``order`` is the billing's place among the configured ones, from 0; ``milliseconds`` the time that it took;
    ``pages`` at least 1. With ``problem`` nothing could be found out; a ``WayResult.error`` concerns that way alone.
    """

    billing_id: str
    title: str
    order: int
    page: int = 1
    pages: int = 1
    version: str = ""
    rows: tuple[ResultRow, ...] = ()
    ways: tuple[WayResult, ...] = ()
    milliseconds: int = 0
    problem: BGBillingError | None = None

    @property
    def index(self) -> int:
        """The page, under the name that pagers know."""
        return self.page

    @property
    def count(self) -> int:
        """The number of pages, under the name that pagers know."""
        return self.pages

    @property
    def shown(self) -> int:
        """How many contracts stand on this page."""
        return len(self.rows)

    @property
    def found(self) -> int:
        """How many contracts were found in all.

        Several ways may find the same contract: when all they found fits on one page, the number is exact, else it is
        the sum, which ``approximate`` says.
        """
        if self.pages == 1 and self.page == 1:
            return self.shown
        return sum(way.found for way in self.ways)

    @property
    def approximate(self) -> bool:
        """Whether :attr:`found` may count contracts twice."""
        return self.pages > 1 and sum(way.found > 0 for way in self.ways) > 1

    @property
    def failures(self) -> tuple[WayResult, ...]:
        """The ways that failed."""
        return tuple(way for way in self.ways if way.error is not None)


@dataclass
class Merger:
    """Puts the answers of several ways together: in the order of the ways, each contract once."""

    exact_number: str = ""
    size: int = 30
    _rows: dict[int, ResultRow] = field(default_factory=dict)
    _nameless: list[ResultRow] = field(default_factory=list)
    _ways: list[WayResult] = field(default_factory=list)
    _pages: int = 1

    def add(self, way: str, page: Page[FoundContract]) -> None:
        """Adds the page that a way found."""
        self._ways.append(WayResult(way, page.found))
        if self.size:
            self._pages = max(self._pages, -(-page.found // self.size))
        for item in page.items:
            self._add_row(way, item)

    def fail(self, way: str, error: BGBillingError) -> None:
        """Notes that a way failed."""
        self._ways.append(WayResult(way, error=error))

    def _add_row(self, way: str, item: FoundContract) -> None:
        known = self._rows.get(item.cid)
        if known is None:
            row = ResultRow(item.cid, item.number, item.comment, item.address, (way,))
            if item.cid > 0:
                self._rows[item.cid] = row
            else:
                self._nameless.append(row)
            return
        self._rows[item.cid] = ResultRow(
            known.cid,
            known.number or item.number,
            known.comment or item.comment,
            known.address or item.address,
            known.ways if way in known.ways else (*known.ways, way),
        )

    @property
    def rows(self) -> tuple[ResultRow, ...]:
        """The contracts; one whose number is exactly what was typed comes first."""
        wanted = self.exact_number.casefold()
        rows = [*self._rows.values(), *self._nameless]
        return tuple(sorted(rows, key=lambda row: not wanted or row.number.casefold() != wanted))

    @property
    def ways(self) -> tuple[WayResult, ...]:
        """What each way gave."""
        return tuple(self._ways)

    @property
    def pages(self) -> int:
        """How many pages the longest way has."""
        return self._pages

    @property
    def answered(self) -> bool:
        """Whether at least one way gave an answer."""
        return any(way.error is None for way in self._ways)

    @property
    def problem(self) -> BGBillingError | None:
        """The error of the first way when every way failed."""
        errors: Sequence[BGBillingError] = [way.error for way in self._ways if way.error is not None]
        return errors[0] if errors and len(errors) == len(self._ways) else None
