"""Schemathesis against the description: no answer beyond it, no failure of ours, whatever is sent."""

import os
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.specs.openapi.schemas import OpenApiSchema

from commands.access.api_tokens import Scope, issue_token
from commands.context.actors import actor_for_login
from desk.api.grants import GRANTS
from desk.server.app import create_app
from tests.desk.town import Town
from tests.world import free_port

EXAMPLES = 200 if "PORUCHENIE_TORTURE" in os.environ else 8
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
LOGINS = ("controller", "clerk", "admin")


@pytest.fixture
def described(varied: Town) -> Iterator[tuple[OpenApiSchema, dict[str, str]]]:
    """The running API's description, and the tokens of some persons."""
    installation = varied.at("2020-06-04T09:31")
    with installation.write() as tx:
        tokens = {
            login: issue_token(tx, actor_for_login(tx, login, "cli:test"), "test", list(Scope), 30).secret
            for login in LOGINS
        }
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(create_app(installation), port=port, log_level="warning"))
    running = threading.Thread(target=server.run, daemon=True)
    running.start()
    while not server.started:
        pass
    yield schemathesis.openapi.from_url(f"http://127.0.0.1:{port}/api/v1/openapi.json"), tokens
    server.should_exit = True
    running.join(30)


def test_every_answer_is_described_and_none_is_a_failure(described: tuple[OpenApiSchema, dict[str, str]]) -> None:
    schema, tokens = described
    seen: set[int] = set()
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    for operation in operations:
        for login in LOGINS:
            if operation.path != "/token/revocation":
                _fuzz(operation, {"Authorization": f"Bearer {tokens[login]}"}, seen)
    assert len(operations) == len(GRANTS)
    assert {200, 403, 404, 422} <= seen
    assert max(seen) < 500


def _fuzz(operation: APIOperation[Any, Any, Any, Any], headers: dict[str, str], seen: set[int]) -> None:
    # What breaks the description is sent as well as what keeps to it.
    cases: st.SearchStrategy[Any] = st.one_of([operation.as_strategy(mode) for mode in GenerationMode])

    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(cases)
    def sent(case: Any) -> None:
        answer = case.call(headers=headers)
        seen.add(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    sent()
