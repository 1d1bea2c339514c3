"""The API on its real server keeps to its own OpenAPI document, whatever it is asked."""

import json
import shutil
import tempfile
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from tests.stack import running

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.positive_data_acceptance,
    checks.missing_required_header,
    checks.unsupported_method,
    checks.allow_header_conformance,
]
PATHS = ["/", "/statements", "/statements/{slug}"]
PATHS += [f"/statements/{{slug}}/{part}" for part in ("counts", "signatories", "text")]


@pytest.fixture(scope="module")
def stack(request):
    folder = Path(tempfile.mkdtemp(prefix="undersigned-api-"))
    with running(folder, parts=("web",)) as made:
        yield made
    if not request.session.testsfailed:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def document(stack):
    return schemathesis.openapi.from_url(f"{stack.url}/api/v1/openapi.json")


def test_no_path_is_forgotten(document):
    assert sorted(document) == [f"/api/v1{path}" for path in PATHS]


@pytest.mark.parametrize(
    ("path", "mode"),
    # The index takes nothing that could be wrong.
    [(path, mode) for path in PATHS for mode in GenerationMode if (path, mode) != ("/", GenerationMode.NEGATIVE)],
)
def test_every_answer_is_as_the_document_says(document, path, mode):
    operation = document[f"/api/v1{path}"]["GET"]

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=40, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
    def it_is(case):
        if mode is GenerationMode.POSITIVE and case.path_parameters:
            case.path_parameters["slug"] = "saving-lives-2020"  # else every answer is that there is none
        # That a place in a list is one that was handed out, and what a name holds, no schema says.
        unsaid = [checks.positive_data_acceptance] if {"after", "q"} & set(case.query or {}) else None
        case.call_and_validate(checks=CHECKS, excluded_checks=unsaid)

    it_is()


def test_head_has_no_body_and_an_unchanged_answer_none_either(stack):
    path = "/api/v1/statements/saving-lives-2020"
    head, got = stack.request("HEAD", path), stack.get(path)
    assert (head.status, head.body, head.headers["ETag"]) == (200, b"", got.headers["ETag"])
    same = stack.get(path, If_None_Match=got.headers["ETag"])
    assert (same.status, same.body) == (304, b"")
    assert got.headers.get("Set-Cookie") is None
    assert got.headers.get("Vary") in (None, "Accept-Encoding")


def test_a_whole_list_is_walked_through_its_pages(stack):
    names, path = [], "/api/v1/statements/saving-lives-2020/signatories?limit=150"
    while path:
        page = json.loads(stack.get(path).body)
        names += [row["id"] for row in page["items"]]
        path = page["next"]
    assert (len(names), len(set(names))) == (399, 399)
