from __future__ import annotations

import json

import pytest

from scimtui.errors import NotScim, Refused, Unauthorized, UsageError
from scimtui.scim.exchange import Query, list_request, read_page, read_written, resource_path, search_request
from scimtui.scim.message import ScimRequest, ScimResponse, decode
from scimtui.scim.refusal import raise_for_status
from scimtui.scim.schema import ResourceType, Schema, core_resource_type

USER = core_resource_type("User")


def answer(body: object, status: int = 200) -> ScimResponse:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return ScimResponse(status, {"content-type": "text/plain"}, content)


def type_at(endpoint: str) -> ResourceType:
    return ResourceType("Thing", endpoint, Schema("urn:thing"))


@pytest.mark.parametrize(
    ("identifier", "path"),
    [
        ("2819c223", "/Users/2819c223"),
        ("a b/c?d#e%f+g&é", "/Users/a%20b%2Fc%3Fd%23e%25f%2Bg%26%C3%A9"),
        ("ann@example.com", "/Users/ann%40example.com"),
    ],
)
def test_an_id_is_one_segment_of_the_path_whatever_is_in_it(identifier, path):
    assert resource_path(USER, identifier) == path


@pytest.mark.parametrize("identifier", ["", ".", ".."])
def test_an_id_that_would_address_something_else_is_refused(identifier):
    with pytest.raises(UsageError):
        resource_path(USER, identifier)


@pytest.mark.rule("S19")
@pytest.mark.parametrize(
    ("endpoint", "path"), [("Things", "/Things/1"), ("/Things/", "/Things/1"), ("/a/Things?x", "/a/Things%3Fx/1")]
)
def test_an_endpoint_keeps_its_spelling_and_cannot_add_a_query(endpoint, path):
    assert resource_path(type_at(endpoint), "1") == path


@pytest.mark.rule("C7")
def test_a_query_is_encoded_with_percent_twenty_and_cursors_in_full():
    request = list_request(USER, Query(cursor="a+/=&b", count=5, filter='userName eq "a+b&c"'))
    assert request.path == "/Users?cursor=a%2B%2F%3D%26b&count=5&filter=userName%20eq%20%22a%2Bb%26c%22"
    assert list_request(USER, Query(start_index=1, count=2, attributes=("id", "userName"))).path == (
        "/Users?startIndex=1&count=2&attributes=id,userName"
    )


@pytest.mark.rule("R16")
def test_a_page_is_read_in_any_letter_case_with_numbers_as_text():
    page = read_page(answer({"totalresults": "163", "resources": [{"id": "1"}, "x", None], "STARTINDEX": 1.0}))
    assert (page.total_results, page.start_index, page.not_objects) == (163, 1, 2)
    assert page.resources == ({"id": "1"},)


@pytest.mark.rule("P3")
def test_a_bare_list_and_a_single_resource_are_pages_too():
    assert read_page(answer([{"id": "1"}])).resources == ({"id": "1"},)
    assert read_page(answer({"userName": "x", "id": "7"})).resources == ({"userName": "x", "id": "7"},)
    assert read_page(answer({"totalResults": 0})).resources == ()


@pytest.mark.parametrize("body", [b"<html>login</html>", b"", b'"text"', b"{}", b'{"a": ', b"\xff\xfe"])
def test_what_is_no_list_is_not_taken_for_an_empty_one(body):
    with pytest.raises(NotScim):
        read_page(answer(body))


@pytest.mark.rule("P16")
def test_an_error_under_a_status_of_success_is_an_error():
    error = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "400", "scimType": "tooMany"}
    with pytest.raises(Refused) as caught:
        read_page(answer(error))
    assert (caught.value.status, caught.value.scim_type) == (400, "tooMany")


@pytest.mark.parametrize("levels", [150, 900, 100_000])
def test_json_without_bottom_is_refused_and_not_walked(levels):
    with pytest.raises(NotScim):
        decode(answer(b"[" * levels + b"]" * levels))


def test_brackets_in_strings_are_not_levels():
    value = {"displayName": "[" * 5000}
    assert decode(answer(value)) == value


@pytest.mark.rule("M13")
@pytest.mark.parametrize(
    ("body", "scim_type", "detail"),
    [
        ({"status": "400", "scimType": "invalidFilter", "detail": "no"}, "invalidFilter", "no"),
        ({"status": 400, "detail": ["first", {"msg": "second"}]}, None, "first; second"),
        ({"Errors": [{"description": "old style", "code": "400"}]}, None, "old style"),
        ({"type": "about:blank", "title": "Bad", "detail": "seven"}, None, "seven"),
        ({"message": "plain"}, None, "plain"),
        ({"error": {"message": "inner"}}, None, "inner"),
        ({"scimType": "\x1b[31m", "detail": "x"}, None, "x"),
        ([{"detail": "listed"}], None, "listed"),
        (b"", None, ""),
    ],
)
def test_every_kind_of_error_keeps_the_providers_words(body, scim_type, detail):
    with pytest.raises(Refused) as caught:
        raise_for_status(answer(body, 400), "list users")
    assert (caught.value.scim_type, caught.value.detail) == (scim_type, detail)
    assert "list users" in caught.value.message


def test_an_html_error_says_its_status_and_how_it_begins():
    with pytest.raises(NotScim) as caught:
        raise_for_status(answer(b"<h1>Server\x1b[2J Error</h1>", 502), "list users")
    assert caught.value.status == 502
    assert "<h1>Server" in caught.value.message
    assert "\x1b" not in caught.value.message


def test_401_and_redirects_have_their_own_words():
    with pytest.raises(Unauthorized):
        raise_for_status(answer({"detail": "x"}, 401), "list users")
    with pytest.raises(NotScim):
        raise_for_status(answer(b"", 302), "list users")
    raise_for_status(answer(b"", 204), "list users")


@pytest.mark.rule("P14")
@pytest.mark.parametrize("request_of", [list_request, search_request])
def test_attributes_are_asked_for_or_left_out_and_never_both(request_of):
    with pytest.raises(UsageError, match="asked for and left out"):
        request_of(USER, Query(attributes=("id",), excluded=("emails",)))


@pytest.mark.rule("P13")
def test_a_sort_order_is_stated_with_its_attribute_alone():
    assert (
        list_request(USER, Query(sort_by="name.familyName")).path == "/Users?sortBy=name.familyName&sortOrder=ascending"
    )
    assert list_request(USER, Query(sort_by="title", is_descending=True)).path.endswith("sortOrder=descending")
    assert list_request(USER, Query(is_descending=True)).path == "/Users"


@pytest.mark.rule("P15")
def test_a_search_changes_nothing_and_may_be_sent_again():
    assert search_request(USER, Query(filter="id pr")).is_read
    assert list_request(USER, Query()).is_read
    assert not ScimRequest("POST", "/Users", {}).is_read
    assert not ScimRequest("DELETE", "/Users/1").is_read


@pytest.mark.rule("P2")
@pytest.mark.parametrize(
    ("body", "headers", "identity"),
    [
        ({"id": "1"}, {"location": "https://x/scim/Users/2"}, "1"),
        (None, {"location": "https://x/scim/Users/a%20b?x=1#y"}, "a b"),
        (b"<html>", {"location": "/Users/3/"}, "3"),
        ([], {}, ""),
    ],
)
def test_a_new_resource_is_known_by_its_body_else_by_its_location(body, headers, identity):
    content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    assert read_written(ScimResponse(201, headers, content)).id == identity


@pytest.mark.rule("M8")
@pytest.mark.rule("M12")
def test_a_write_says_its_version_in_a_header_or_in_the_resource_or_not_at_all():
    assert read_written(ScimResponse(204, {"etag": 'W/"2"'}, b"")).version == 'W/"2"'
    assert read_written(answer({"id": "1", "meta": {"version": 'W/"3"'}})).version == 'W/"3"'
    assert read_written(answer({"id": "1", "meta": {"version": 3}})).version is None


@pytest.mark.rule("R43")
def test_what_was_accepted_is_not_done():
    found = read_written(ScimResponse(202, {"set-txn": "734f0614e3274f288f93ac74119dcf78"}, b""))
    assert (found.is_pending, found.transaction, found.resource) == (True, "734f0614e3274f288f93ac74119dcf78", None)
    assert not read_written(ScimResponse(204, {}, b"")).is_pending


def test_half_a_character_cannot_be_sent_and_is_not_replaced():
    for asked in (lambda: resource_path(USER, "\ud800"), lambda: list_request(USER, Query(filter="\ud800"))):
        with pytest.raises(UsageError, match="half a character"):
            asked()


@pytest.mark.rule("R49")
def test_an_error_that_is_only_text_is_shown_as_it_is():
    with pytest.raises(Refused) as caught:
        raise_for_status(answer("No such tenant", 400), "list users")
    assert (caught.value.detail, caught.value.scim_type) == ("No such tenant", None)


@pytest.mark.rule("S14")
@pytest.mark.parametrize("status", [400, 409])
def test_a_name_that_somebody_has_is_said_so_whatever_the_status(status):
    with pytest.raises(Refused) as caught:
        raise_for_status(answer({"scimType": "uniqueness", "detail": "taken"}, status), "create ann")
    assert (caught.value.scim_type, caught.value.hint) == ("uniqueness", "another resource has this value: look for it")


@pytest.mark.rule("P16", "R50")
@pytest.mark.parametrize(
    "scim_type",
    [
        "invalidFilter",
        "tooMany",
        "uniqueness",
        "mutability",
        "invalidSyntax",
        "invalidPath",
        "noTarget",
        "invalidValue",
        "invalidVers",
        "sensitive",
        "invalidCursor",
        "expiredCursor",
        "invalidCount",
    ],
)
def test_every_keyword_of_the_rfcs_leads_to_a_next_step(scim_type):
    hints = set()
    for status in (400, 403):
        with pytest.raises(Refused) as caught:
            raise_for_status(answer({"scimType": scim_type, "status": str(status)}, status), "do this")
        hints.add(caught.value.hint)
    assert len(hints) == 1
    assert hints != {""}


@pytest.mark.rule("R50")
@pytest.mark.parametrize("status", [403, 404, 409, 413, 429, 500, 501, 503])
def test_a_status_without_words_leads_to_a_next_step(status):
    with pytest.raises(Refused) as caught:
        raise_for_status(ScimResponse(status, {}, b""), "do this")
    assert caught.value.hint
