"""Prices of used parts by the Responses API with its web search, links required."""

import asyncio
import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from openai import APIError, AsyncOpenAI, omit
from openai.types.responses import Response, WebSearchToolParam
from pydantic import BaseModel

from core.adapters.openai_client import failure
from core.adapters.price_prompt import (
    ESTIMATE,
    EXTRACT,
    IN_WORDS,
    SEARCH,
    Estimate,
    Listings,
    asked,
    listings_in,
    range_in,
    shape,
    unmarked,
)
from core.kernel.transaction import refuse_inside_transaction
from core.ports import prices
from core.ports.ai import AiFailure, Usage
from core.ports.prices import PriceQuestion
from core.pricing.links import ESTIMATED, SEARCHED, cited, site_of

TIMEOUT_SECONDS = 50.0  # of one call: a search reads several pages
LONGEST_ANSWER = 4_000  # tokens
MOST_SEARCHES = 3  # within one call
_MOST_LINKS = 3
_FOREIGN_STATUSES = frozenset({"failed", "cancelled"})


class OpenAiPrices:
    """Two questions. Each answer carries what it used, and so does each failure."""

    def __init__(self, client: AsyncOpenAI, model: str) -> None:
        self._client = client.with_options(timeout=TIMEOUT_SECONDS, max_retries=0)
        self.model = model

    async def search_used_transmission_price(self, question: PriceQuestion) -> prices.Listings:
        """Listings whose pages the search itself has read.

        Asked for JSON the search may leave its citations out: then once more in free words, with
        citations, and the listings are taken out of those words by a call without any tool.
        """
        bill = _Bill(self.model)
        answer = await self._ask(bill, SEARCH, asked(question), searching=SEARCHED, as_=Listings)
        read = _pages(answer)
        said = listings_in(answer.output_text, bill.usage)
        found = cited(said, read, SEARCHED)
        if not found and said:
            answer = await self._ask(bill, IN_WORDS, asked(question), searching=SEARCHED)
            read = _pages(answer)
            if read:
                words = f"{unmarked(answer.output_text)}\n\n" + "\n".join(sorted(read))
                answer = await self._ask(bill, EXTRACT, words, as_=Listings)
                found = cited(listings_in(answer.output_text, bill.usage), read, SEARCHED)
        return prices.Listings(found, bill.usage)

    async def estimate_price_from_ai(self, question: PriceQuestion) -> prices.Estimate:
        bill = _Bill(self.model)
        answer = await self._ask(bill, ESTIMATE, asked(question), searching=ESTIMATED, as_=Estimate)
        said = range_in(answer.output_text, bill.usage)
        links = [url for url in sorted(_pages(answer)) if site_of(url, ESTIMATED)]
        if said.priceMin is None or said.priceMax is None or not links:
            return prices.Estimate(None, None, "RUB", (), bill.usage)
        if not (
            math.isfinite(said.priceMin)
            and math.isfinite(said.priceMax)
            and 0 < said.priceMin <= said.priceMax
        ):
            raise AiFailure("ai.rubbish", again=True, usage=bill.usage)
        return prices.Estimate(
            lowest=Decimal(str(said.priceMin)),
            highest=Decimal(str(said.priceMax)),
            currency="RUB",
            links=tuple(links[:_MOST_LINKS]),
            usage=bill.usage,
        )

    async def close(self) -> None:
        await self._client.close()

    async def _ask(
        self,
        bill: "_Bill",
        instructions: str,
        given: str,
        *,
        searching: Sequence[str] = (),
        as_: type[BaseModel] | None = None,
    ) -> Response:
        """One call, billed; AiFailure for anything but a whole answer."""
        refuse_inside_transaction("the price search")
        tools = [_search_on(searching)] if searching else omit
        try:
            # The SDK's timeout is of each read: an answer that trickles needs one of the whole.
            async with asyncio.timeout(TIMEOUT_SECONDS):
                answer = await self._client.responses.create(
                    model=self.model,
                    instructions=instructions,
                    input=given,
                    tools=tools,
                    tool_choice="required" if searching else omit,
                    include=["web_search_call.action.sources"] if searching else omit,
                    max_tool_calls=MOST_SEARCHES if searching else omit,
                    max_output_tokens=LONGEST_ANSWER,
                    text={"format": shape(as_)} if as_ is not None else omit,
                    store=False,
                )
        except TimeoutError as error:
            raise AiFailure("ai.timeout", again=True, usage=bill.usage) from error
        except APIError as error:
            known = failure(error)
            raise AiFailure(known.why, again=known.again, usage=bill.usage) from error
        except (ValueError, TypeError) as error:
            raise AiFailure("ai.rubbish", again=True, usage=bill.usage) from error
        return _whole(answer, bill)


class _Bill:
    """What the calls of one question have used together."""

    def __init__(self, model: str) -> None:
        self.usage = Usage(model, 0, 0)

    def add(self, answer: Response) -> None:
        used, calls = answer.usage, _calls(answer)
        before = self.usage
        self.usage = Usage(
            before.model,
            before.input_tokens + (used.input_tokens if used else 0),
            before.output_tokens + (used.output_tokens if used else 0),
            before.searches + _searches(answer, len(calls)),
        )


def _whole(answer: Response, bill: _Bill) -> Response:
    """The answer if it is one; a vendor's JSON is not believed to have the shape it should."""
    try:
        bill.add(answer)
        refused = any(
            part.type == "refusal"
            for item in answer.output
            if item.type == "message"
            for part in item.content
        )
        text = answer.output_text
    except (AttributeError, TypeError) as error:
        raise AiFailure("ai.rubbish", again=True, usage=bill.usage) from error
    if refused:
        raise AiFailure("ai.refused", again=False, usage=bill.usage)
    if answer.status in _FOREIGN_STATUSES:
        raise AiFailure("ai.unavailable", again=True, usage=bill.usage)
    if answer.status != "completed" or not text.strip():
        raise AiFailure("ai.rubbish", again=True, usage=bill.usage)
    return answer


def _search_on(sites: Sequence[str]) -> WebSearchToolParam:
    return {
        "type": "web_search",
        "filters": {"allowed_domains": list(sites)},
        "search_context_size": "medium",
        # Without it the search asks from the United States.
        "user_location": {"type": "approximate", "country": "RU"},
    }


def _calls(answer: Response) -> list[Any]:
    return [item for item in answer.output if item.type == "web_search_call"]


def _searches(answer: Response, calls: int) -> int:
    """How many are billed, by the vendor's own count where it gives one."""
    told = (answer.model_extra or {}).get("tool_usage")
    counted = told.get("web_search") if isinstance(told, dict) else None
    number = counted.get("num_requests") if isinstance(counted, dict) else None
    return number if isinstance(number, int) else calls


def _pages(answer: Response) -> set[str]:
    """Every page the search says it has read: its sources, and what its words cite."""
    pages: set[str] = set()
    for call in _calls(answer):
        sources = getattr(call.action, "sources", None) or ()
        pages |= {source.url for source in sources if isinstance(source.url, str)}
    for item in answer.output:
        if item.type != "message":
            continue
        for part in item.content:
            for note in getattr(part, "annotations", None) or ():
                if note.type == "url_citation":
                    pages.add(note.url)
    return pages
