"""The web's stand-in: the same question finds the same listings; a script brings the troubles."""

import httpx
import pytest
from openai import AsyncOpenAI, BadRequestError
from openai.types.responses import WebSearchToolParam

from sandbox.openai.market import TROUBLES
from sandbox.testing import Sandbox

pytestmark = pytest.mark.asyncio
ASKED = '{"part": "АКПП", "car": "Camry 40", "condition": "used"}'


def search(*sites: str) -> WebSearchToolParam:
    return {"type": "web_search", "filters": {"allowed_domains": list(sites)}}


async def test_the_same_question_finds_the_same_listings_each_cited(openai: AsyncOpenAI) -> None:
    first, again = [
        await openai.responses.create(
            model="gpt-4.1",
            input=ASKED,
            tools=[search("avito.ru", "drom.ru")],
            include=["web_search_call.action.sources"],
        )
        for _ in range(2)
    ]
    assert first.output_text == again.output_text
    assert first.output_text.count("₽") >= 5
    call, message = first.output
    assert call.type == "web_search_call"
    assert call.action.type == "search"
    sources = {source.url for source in call.action.sources or []}
    assert len(sources) >= 5
    assert message.type == "message"
    [part] = message.content
    assert part.type == "output_text"
    cited = [note for note in part.annotations if note.type == "url_citation"]
    assert {note.url.removesuffix("?utm_source=openai") for note in cited} == sources
    for note in cited:
        quoted = part.text[note.start_index : note.end_index]
        assert note.url.startswith(quoted)
    bare = await openai.responses.create(model="gpt-4.1", input=ASKED, tools=[search("drom.ru")])
    action = getattr(bare.output[0], "action", None)
    assert action is not None
    assert action.sources is None, "only who asks for the sources gets them"


async def test_a_site_is_named_by_its_host_alone(openai: AsyncOpenAI) -> None:
    with pytest.raises(BadRequestError):
        await openai.responses.create(
            model="gpt-4.1", input=ASKED, tools=[search("https://avito.ru")]
        )


async def test_the_document_tells_every_trouble(sandbox: Sandbox) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        described = (await http.get(f"{sandbox.url}/sandbox/openapi.json")).json()
    market = described["components"]["schemas"]["RuleIn"]["properties"]["market"]
    [named] = [one["enum"] for one in market["anyOf"] if "enum" in one]
    assert set(named) == set(TROUBLES)
    assert all(trouble in market["description"] for trouble in TROUBLES)
