"""Whatever is sent, the API answers as its own document says, and never with a fault of its own.

`API_FUZZ_EXAMPLES=500 make test args="-k whatever"` looks longer.
"""

import asyncio
import os
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, strategies
from hypothesis import settings as effort
from schemathesis import Case, GenerationMode
from schemathesis.checks import CheckContext
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.document import document
from tests.api.conftest import Store

Operation = schemathesis.APIOperation[Any, Any, Any, Any]
_EXAMPLES = int(os.environ.get("API_FUZZ_EXAMPLES", "4"))
# It ends the very session the questions are asked with.
_ENDING = {"DELETE /api/v1/auth/session"}


def _operations() -> list[Operation]:
    schema = schemathesis.openapi.from_dict(document())
    every = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    return [one for one in every if one.label not in _ENDING]


def never_a_fault(context: CheckContext, response: schemathesis.Response, case: Case[Any]) -> None:
    """503 is an honest answer where the outside is not there; 500 is a fault of ours."""
    assert response.status_code != 500, (case.operation.label, context, response.text)


def _ask(operation: Operation, address: str, bearer: dict[str, str]) -> None:
    @effort(
        max_examples=_EXAMPLES,
        deadline=None,
        derandomize=_EXAMPLES < 100,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategies.one_of(*(operation.as_strategy(mode) for mode in GenerationMode)))
    def ask(case: Case[Any]) -> None:
        case.call_and_validate(
            base_url=address,
            headers=bearer,
            timeout=10,
            checks=[
                never_a_fault,
                status_code_conformance,
                content_type_conformance,
                response_schema_conformance,
            ],
        )

    ask()


async def test_every_answer_is_one_the_document_names(address: str, store: Store) -> None:
    faults: list[Exception] = []
    operations = _operations()
    assert len(operations) > 30
    for operation in operations:
        try:
            await asyncio.to_thread(_ask, operation, address, store.bearer())
        except Exception as fault:
            fault.add_note(operation.label)
            faults.append(fault)
    if faults:
        raise ExceptionGroup("answers that the document does not name", faults)
