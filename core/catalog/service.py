"""Putting many products in at once, or seeing what that would do."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.catalog.checking import ProductFields, checked
from core.catalog.writing import Changes, Place, Result, judge, known_at, place_of, write
from core.identity.permissions import Actor, Permission
from core.kernel.errors import DomainError, Kind
from core.kernel.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row; a rejected one says why, as an error would."""

    number: int  # the row's, in the file or from 1
    result: Result
    sku: str | None
    product_id: UUID | None = None
    error: DomainError | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Every row counted once."""

    outcomes: tuple[Outcome, ...]

    def count(self, result: Result) -> int:
        return sum(outcome.result is result for outcome in self.outcomes)

    @property
    def rejected(self) -> tuple[Outcome, ...]:
        return tuple(o for o in self.outcomes if o.result is Result.REJECTED)


class Batch:
    """Rows put in slice by slice: what has been named in one slice is known in the next."""

    def __init__(self, *, given: Collection[str] | None = None, dry: bool = False) -> None:
        self.given = given
        self.dry = dry
        self._seen: dict[Place, int] = {}

    async def take(
        self,
        uow: UnitOfWork,
        actor: Actor,
        rows: Sequence[tuple[int, ProductFields | DomainError]],
        changes: Changes,
    ) -> list[Outcome]:
        """Numbered rows, created or changed, or judged alone if the batch is dry.

        `changes` are saved by whoever gives them.
        """
        actor.require(Permission.MANAGE_PRODUCTS)
        read = [(number, row, _read(row)) for number, row in rows]
        places = [place_of(values) for _, _, values in read if isinstance(values, dict)]
        known = await known_at(uow, places, to_write=not self.dry)
        outcomes: list[Outcome] = []
        for number, row, values in read:
            if isinstance(values, DomainError):
                said = (row.sku, row.name) if isinstance(row, ProductFields) else (None, None)
                outcomes.append(_rejected(number, values, *said))
                continue
            place = place_of(values)
            if place in self._seen:
                twice = DomainError(
                    Kind.INVALID, "product.repeated", field="sku", row=self._seen[place]
                )
                outcomes.append(_rejected(number, twice, values["sku"], values["name"]))
                continue
            self._seen[place] = number
            before = known.get(place)
            if self.dry:
                result, would = judge(before, values, self.given)
                id_ = None if before is None else before.id
                outcomes.append(Outcome(number, result, would["sku"], id_, name=would["name"]))
            else:
                product, result = write(uow, actor, before, values, changes, self.given)
                outcomes.append(Outcome(number, result, product.sku, product.id, name=product.name))
        return outcomes


async def put_products(
    uow: UnitOfWork,
    actor: Actor,
    rows: Sequence[ProductFields | DomainError],
    *,
    given: Collection[str] | None = None,
) -> Report:
    """Create or change products, known by their SKU, or by their name if they have none.

    A row that cannot be taken is reported and leaves the others alone; a row that is an error
    already (its reader could make nothing of it) is reported as that. With `given` only these
    fields of a known product change: a price list does not wipe descriptions.
    """
    changes = Changes()
    outcomes = await Batch(given=given).take(uow, actor, list(enumerate(rows, 1)), changes)
    await changes.save(uow)
    return Report(tuple(outcomes))


def _read(row: ProductFields | DomainError) -> dict[str, Any] | DomainError:
    if isinstance(row, DomainError):
        return row
    try:
        return checked(row)
    except DomainError as error:
        return error


def _rejected(number: int, why: DomainError, sku: str | None, name: str | None) -> Outcome:
    return Outcome(number, Result.REJECTED, sku, error=why, name=name)
