"""What schemathesis does not do by itself for this API.

https://schemathesis.readthedocs.io/en/stable/guides/extending/
"""

import itertools
import json
import uuid

import jsonschema_rs
import schemathesis

NDJSON = "application/x-ndjson"
KEY = "Idempotency-Key"

# One key in so many stays as it was generated: those repeat, and are answered as replays or refused as reused.
# With all of them so, most writes would be refused for their key and nothing else would be tried.
KEPT_KEYS = 8
LONGEST_EXTENDED_KEY = 200

calls = itertools.count()


@schemathesis.hook
def before_call(context, case, kwargs):
    key = (case.headers or {}).get(KEY)
    is_valid = isinstance(key, str) and 0 < len(key) < LONGEST_EXTENDED_KEY and key.isascii()
    if is_valid and '"' not in key and next(calls) % KEPT_KEYS != 0:
        case.headers[KEY] = f"{key}-{uuid.uuid4()}"


@schemathesis.check
def lines_conformance(ctx, response, case):
    """Each line of a stream is as the document says."""
    if not content_type(response).startswith(NDJSON):
        return
    document = case.operation.schema.raw_schema
    responses = document["paths"][case.operation.path][case.operation.method]["responses"]
    schema = responses[str(response.status_code)]["content"][NDJSON]["schema"]
    validator = jsonschema_rs.validator_for({**schema, "components": document["components"]})
    *lines, rest = response.text.split("\n")
    if rest != "":
        raise AssertionError("the last line has no end")
    for number, line in enumerate(lines, start=1):
        error = next(iter(validator.iter_errors(json.loads(line))), None)
        if error is not None:
            raise AssertionError(f"line {number} is not as described: {error.message}: {line}")


@schemathesis.check
class every_call_succeeds:
    """A call that refused all that came was not tested: HTTP 200 alone says little here."""

    def __init__(self):
        self.tried = set()
        self.succeeded = set()

    def after_response(self, ctx, response, case):
        call = case.operation.label
        self.tried.add(call)
        if response.status_code != 200:
            return
        is_envelope = content_type(response).startswith("application/json")
        if not is_envelope or response.json().get("code", 0) == 0:
            self.succeeded.add(call)

    def after_run(self, ctx):
        refused = sorted(self.tried - self.succeeded)
        if refused:
            raise AssertionError(f"never succeeded: {', '.join(refused)}")


def content_type(response):
    return response.headers.get("content-type", [""])[0]
