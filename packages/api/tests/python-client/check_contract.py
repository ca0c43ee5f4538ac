"""Walks through the five calls of the contract, by the client beside it. Usage: check_contract.py BASE_URL KEY

Says what does not hold and exits with 1; otherwise says how much was checked.
"""

import re
import sys
from datetime import date, timedelta

from coupon_client import CallFailed, CouponClient, CouponRefused

FIELDS = {
    "cpnNo": str, "nm": str, "discTypeIdx": int, "disc": (int, float), "discCurrency": str,
    "formatDiscCurrency": str, "strtYmd": str, "endYmd": str, "useLimit": int, "useCnt": int,
    "onsiteYn": str, "onsitePwd": str, "memo": str, "url": str, "imgUrl": str, "domain": str,
    "grpIdx": int, "tmplIdx": int, "userId": str, "userNm": str, "userPhnno": str, "userEml": str,
    "userEtc1": str, "userEtc2": str, "webhookEnableYn": str, "regYmdt": str,
}  # fmt: skip
PERCENT, AMOUNT = 457, 458
PAST, FUTURE = "2001-01-01", "2999-12-31"

checks = 0


def check(holds, what):
    global checks
    checks += 1
    if not holds:
        sys.exit(f"does not hold: {what}")


def refused(call, what):
    """A coupon that cannot be used, or input that is wrong, is an envelope with a code other than 0."""
    try:
        result = call()
    except CouponRefused as error:
        check(error.code != 0 and error.message != "", f"{what}: it is told why")
        return error
    return check(False, f"{what} is refused, got {result!r}")


def failed(call, what):
    """A problem with the call itself need not have the envelope."""
    try:
        result = call()
    except (CouponRefused, CallFailed) as error:
        check(True, what)
        return error
    return check(False, f"{what} fails, got {result!r}")


def create_and_validate(api):
    cpn_no = api.create(
        nm="Spring", discTypeIdx=AMOUNT, disc=60, discCurrency="USD", strtYmd=PAST, endYmd=FUTURE,
        useLimit=2, memo="first", url="https://shop.example/spring", userId="u-17", userNm="Ada",
    )  # fmt: skip
    coupon = api.validate(cpn_no)
    for name, kind in FIELDS.items():
        check(isinstance(coupon.get(name), kind), f"validate answers {name} as the contract says")
    for name, value in {
        "cpnNo": cpn_no, "nm": "Spring", "discTypeIdx": AMOUNT, "disc": 60, "discCurrency": "USD",
        "formatDiscCurrency": "$60", "strtYmd": PAST, "endYmd": FUTURE, "useLimit": 2, "useCnt": 0,
        "onsiteYn": "N", "memo": "first", "userId": "u-17", "userNm": "Ada", "webhookEnableYn": "N",
    }.items():  # fmt: skip
        check(coupon[name] == value, f"validate answers {name} {value!r}, got {coupon[name]!r}")
    typed = f"{cpn_no[:4].lower()}-{cpn_no[4:]} "
    check(api.validate(typed)["cpnNo"] == cpn_no, "a number can be typed with hyphens and spaces")
    for digits in (8, 12, 16):
        made = api.create(discTypeIdx=PERCENT, disc=5, cpnNoDigits=digits)
        is_number = re.fullmatch(f"[A-Z0-9]{{{digits}}}", made) is not None
        check(is_number, f"a number of {digits} is generated, got {made}")


def redeem_to_the_limit(api):
    once = api.create(discTypeIdx=PERCENT, disc=10, useLimit=1)
    check(api.redeem(once) is None, "redeem answers null")
    refused(lambda: api.redeem(once), "a used-up coupon")
    refused(lambda: api.validate(once), "a used-up coupon in validate")

    twice = api.create(discTypeIdx=PERCENT, disc=10, useLimit=2)
    refused(lambda: api.redeem(twice), "a limit of 2 without userId")
    api.redeem(twice, user_id="ada")
    check(api.validate(twice)["useCnt"] == 1, "a use is counted at once")
    refused(lambda: api.redeem(twice, user_id="ada"), "a second use by the same user")
    api.redeem(twice, user_id="bob")
    refused(lambda: api.redeem(twice, user_id="eve"), "a third use of two")

    unlimited = api.create(discTypeIdx=PERCENT, disc=10, useLimit=0)
    for _ in range(3):
        api.redeem(unlimited, memo="192.0.2.1, checkout")
    check(api.validate(unlimited)["useCnt"] == 3, "uses of an unlimited coupon are counted, too")


def redeem_in_a_shop(api):
    cpn_no = api.create(discTypeIdx=PERCENT, disc=10, useLimit=1, onsiteYn="Y", onsitePwd="4242")
    refused(lambda: api.redeem(cpn_no), "a redemption without the staff's password")
    refused(lambda: api.redeem(cpn_no, onsite_pwd="0000"), "a wrong password")
    api.redeem(cpn_no, onsite_pwd="4242")


def update(api):
    cpn_no = api.create(discTypeIdx=PERCENT, disc=10, useLimit=1, nm="before", memo="m")
    check(api.update(cpn_no, disc=25) is None, "update answers null")
    coupon = api.validate(cpn_no)
    check((coupon["disc"], coupon["nm"]) == (25, "before"), "update leaves what is not given")
    api.redeem(cpn_no)
    refused(lambda: api.update(cpn_no, disc=30), "a change of a used coupon")
    api.update(cpn_no, memo="used by Ada")

    ended = api.create(discTypeIdx=PERCENT, disc=10)
    api.update(ended, endYmd=(date.today() - timedelta(days=2)).isoformat())
    refused(lambda: api.validate(ended), "a coupon whose last day is over")
    refused(lambda: api.redeem(ended), "a coupon whose last day is over")
    api.update(ended, endYmd="", strtYmd=(date.today() + timedelta(days=2)).isoformat())
    refused(lambda: api.redeem(ended), "a coupon whose first day is to come")


def delete_and_create_again(api):
    cpn_no = api.create(discTypeIdx=PERCENT, disc=10, useLimit=1)
    api.redeem(cpn_no)
    check(api.delete(cpn_no) is None, "delete answers null")
    refused(lambda: api.validate(cpn_no), "a deleted coupon")
    refused(lambda: api.redeem(cpn_no), "a deleted coupon")
    refused(lambda: api.delete(cpn_no), "a second deletion")
    again = api.create(cpnNo=cpn_no, discTypeIdx=PERCENT, disc=10, useLimit=1)
    check(again == cpn_no, "a deleted number can be used again")
    check(api.validate(cpn_no)["useCnt"] == 0, "the new coupon starts from zero")
    refused(lambda: api.create(cpnNo=cpn_no, discTypeIdx=PERCENT, disc=10), "a number that is taken")
    api.redeem(cpn_no)


def errors(api, base_url):
    for what, fields in {
        "101 percent": {"discTypeIdx": PERCENT, "disc": 101},
        "an amount without currency": {"discTypeIdx": AMOUNT, "disc": 5},
        "half a yen": {"discTypeIdx": AMOUNT, "disc": 0.5, "discCurrency": "JPY"},
        "a currency that is not offered": {"discTypeIdx": AMOUNT, "disc": 5, "discCurrency": "XXX"},
        "no day": {"discTypeIdx": PERCENT, "disc": 5, "endYmd": "2026-02-30"},
        "a memo of 501 characters": {"discTypeIdx": PERCENT, "disc": 5, "memo": "m" * 501},
    }.items():
        refused(lambda fields=fields: api.create(**fields), what)
    refused(lambda: api.redeem("short"), "what is no number")
    refused(lambda: api.validate("UNKNOWN00000"), "an unknown number")
    failed(lambda: CouponClient(base_url, "nobody").validate("WELCOME10"), "a wrong key")
    korean = CouponClient(base_url, api.key, language="ko").validate
    told = refused(lambda: korean("UNKNOWN00000"), "an unknown number in Korean").message
    check(any("가" <= letter <= "힣" for letter in told), "messages are Korean when they are asked for so")


def main(base_url, key):
    api = CouponClient(base_url, key)
    create_and_validate(api)
    redeem_to_the_limit(api)
    redeem_in_a_shop(api)
    update(api)
    delete_and_create_again(api)
    errors(api, base_url)
    print(f"{checks} checks hold")


main(*sys.argv[1:])
