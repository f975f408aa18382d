"""Producer profiles as anybody sees them."""

import pytest

from db.ids import new_id
from tests.factories import a_listener, a_producer, a_verified_producer
from tests.stage import Stage

pytestmark = pytest.mark.anyio

BY = "query($by: ProducerBy!) { producer(by: $by) { id handle name verified shareUrl } }"


async def test_a_profile_is_found_by_id_and_by_handle_whatever_its_case(stage: Stage) -> None:
    kilo = await a_verified_producer(stage.sessions, "Kilo Wave")
    expected = {
        "id": kilo.producer,
        "handle": kilo.handle,
        "name": "Kilo Wave",
        "verified": True,
        "shareUrl": f"https://beatpass.test/p/{kilo.handle}",
    }
    for by in ({"id": kilo.producer}, {"handle": kilo.handle.upper()}):
        assert await stage.ask(None, BY, by=by) == {"producer": expected}


async def test_an_unverified_producer_has_no_badge(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    assert (await stage.ask(None, BY, by={"id": nova.producer}))["producer"]["verified"] is False


async def test_who_is_not_there_is_null_and_another_kind_of_id_is_refused(stage: Stage) -> None:
    assert await stage.ask(None, BY, by={"id": new_id("pro")}) == {"producer": None}
    assert await stage.ask(None, BY, by={"handle": "nobody"}) == {"producer": None}
    assert await stage.fault(None, BY, by={"id": new_id("trk")}) == "WRONG_ID_TYPE"


async def test_a_member_is_met_as_producer_alone(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    query = "query($id: ID!) { node(id: $id) { ... on Member { displayName producer { name } } } }"
    members = [f"mem_{one.account.removeprefix('acc_')}" for one in (nova, ari)]
    shown = [(await stage.ask(None, query, id=member))["node"] for member in members]
    assert shown == [{"displayName": "Nova", "producer": {"name": "Nova"}}, None]
