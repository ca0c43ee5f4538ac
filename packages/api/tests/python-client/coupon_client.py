"""A client of the coupon REST API, written from its contract alone, with Python's standard library."""

import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request

BASE_PATH = "/api/coupon/v1"


class CouponRefused(Exception):
    """The service answered: the code of the envelope is not 0. Its text is for people, its number is not documented."""

    def __init__(self, code, message, status):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


class CallFailed(Exception):
    """No envelope came: 403, 429 and 5xx need not carry one, nor JSON at all."""

    def __init__(self, status):
        super().__init__(f"HTTP {status}")
        self.status = status


def normalise(typed):
    """People type a number with hyphens, spaces or in lower case."""
    return re.sub(r"[-\s]", "", typed).upper()


class CouponClient:
    def __init__(self, base_url, key, language=None, user_agent="python-coupon-client/1.0", attempts=4):
        self.base_url = base_url
        self.key = key
        self.language = language
        self.user_agent = user_agent
        self.attempts = attempts

    def validate(self, cpn_no):
        return self._call("GET", "validate", query={"cpnNo": normalise(cpn_no)})

    def redeem(self, cpn_no, onsite_pwd=None, user_id=None, memo=None):
        given = {"onsitePwd": onsite_pwd, "userId": user_id, "memo": memo}
        body = {name: value for name, value in given.items() if value is not None}
        return self._call("PUT", "redeem", body={"cpnNo": normalise(cpn_no), **body})

    def create(self, **fields):
        result = self._call("POST", "create", body=fields)
        # The page's own sample is not to be had: a string by the sibling calls, or an object.
        return result["cpnNo"] if isinstance(result, dict) else result

    def update(self, cpn_no, **fields):
        return self._call("PUT", "update", body={"cpnNo": normalise(cpn_no), **fields})

    def delete(self, cpn_no):
        return self._call("DELETE", "delete", query={"cpnNo": normalise(cpn_no)})

    def _call(self, method, call, query=None, body=None):
        for attempt in range(self.attempts):
            status, text = self._send(method, call, query, body)
            if status != 429 or attempt == self.attempts - 1:
                return self._read(status, text)
            # The advice is to back off exponentially; no header says for how long.
            time.sleep(2**attempt)

    def _send(self, method, call, query, body):
        url = f"{self.base_url}{BASE_PATH}/{call}"
        if query is not None:
            url += "?" + urllib.parse.urlencode(query)
        headers = {"Authorization": f"APIKey {self.key}", "User-Agent": self.user_agent}
        if self.language is not None:
            headers["Accept-Language"] = self.language
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode("utf-8")
        request = urllib.request.Request(url, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, response.read().decode("utf-8")
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode("utf-8", "replace")

    @staticmethod
    def _read(status, text):
        try:
            envelope = json.loads(text)
            code = envelope["code"]
        except (ValueError, KeyError, TypeError):
            raise CallFailed(status) from None
        if code != 0:
            raise CouponRefused(code, envelope.get("message") or "", status)
        if not 200 <= status <= 299:
            raise CallFailed(status)
        return envelope.get("result")
