"""cookie_for: attributes are read as a browser reads them."""

import pytest

from grader.checks.c10_browser.cookie_for import fault

TOKEN = "e30.e30.AQID"


@pytest.mark.parametrize(
    "attributes",
    [
        "Path=/; Secure; HttpOnly; SameSite=Lax",
        "secure;httponly;samesite=STRICT;path=/",
        "Max-Age=900; Path=/; Secure; HttpOnly; SameSite=Lax; Priority=High",
        "SameSite=None; Path=/x; Path=/; Secure; HttpOnly; SameSite=Lax",
    ],
)
def test_good_attributes_in_any_order_and_case(attributes: str) -> None:
    assert fault(f"__Host-t={TOKEN}; {attributes}", TOKEN) == ""


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (f"__Host-t={TOKEN}; Path=/; Secure; HttpOnly; SameSite=Lax; Domain=a.example", "no Domain"),
        (f"__Host-t={TOKEN}; Path=/; Secure; HttpOnly; SameSite=Lax; SameSite=None", "neither"),
        (f"__Host-t={TOKEN}; Path=/; Secure; SameSite=Lax", "HttpOnly"),
        (f"__Host-t={TOKEN}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=-1", "Max-Age"),
        (f"__Host-={TOKEN}; Path=/; Secure; HttpOnly; SameSite=Lax", "something behind it"),
        (f"__Host-t={TOKEN[:-1]}; Path=/; Secure; HttpOnly; SameSite=Lax", "the token"),
        (f"__Host-t={TOKEN}; Path=/; Secure; HttpOnly; SameSite=Lax\n", "one line"),
        (None, "text, not NoneType"),
    ],
)
def test_what_is_wrong_is_said(value: object, says: str) -> None:
    assert says in fault(value, TOKEN)
