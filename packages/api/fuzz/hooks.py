"""What schemathesis does not do by itself for this API.

https://schemathesis.readthedocs.io/en/stable/guides/extending/
"""

import collections
import itertools
import json
import os
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

# Ids of what was reserved and redeemed, for the calls that end it: guessed, they are always of nothing. The links of
# the document lead there too, but Hypothesis seldom goes that far.
reserved = collections.deque(maxlen=100)
redeemed = collections.deque(maxlen=100)
IDS = {
    "confirm": ("reservationId", reserved),
    "release": ("reservationId", reserved),
    "rollback": ("redemptionId", redeemed),
}


@schemathesis.hook
def after_call(context, case, response):
    if not content_type(response).startswith("application/json"):
        return
    result = response.json().get("result")
    if isinstance(result, dict):
        if "reservationId" in result:
            reserved.append(result["reservationId"])
        elif result.get("status", "REDEEMED") == "REDEEMED" and "redemptionId" in result:
            redeemed.append(result["redemptionId"])


@schemathesis.hook
def before_call(context, case, kwargs):
    field, ids = IDS.get(case.operation.path.rsplit("/", 1)[-1], (None, ()))
    if len(ids) > 0 and isinstance(case.body, dict) and is_uuid(case.body.get(field)):
        if next(calls) % 2 == 0:
            case.body[field] = ids.pop()
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
class record_successes:
    """Tells fuzz/run-schemathesis.ts which calls succeeded: HTTP 200 alone says little here."""

    def __init__(self):
        self.successes = dict()

    def after_response(self, ctx, response, case):
        call = case.operation.label
        self.successes.setdefault(call, False)
        if response.status_code == 200:
            is_envelope = content_type(response).startswith("application/json")
            if not is_envelope or response.json().get("code", 0) == 0:
                self.successes[call] = True

    def after_run(self, ctx):
        with open(os.environ["FUZZ_SUCCESSES"], "w") as file:
            json.dump(self.successes, file)


def is_uuid(value):
    try:
        return isinstance(value, str) and uuid.UUID(value) is not None
    except ValueError:
        return False


def content_type(response):
    return response.headers.get("content-type", [""])[0]
