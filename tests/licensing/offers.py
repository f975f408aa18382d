"""Offers as clients enter them, and what is read of them."""

from typing import Any, Final

from api.terms import LICENCE
from tests.stage import Json, Somebody, Stage

OFFER: Final = """licensing { model standardTerms { territory } exclusive { availability price { minorUnits currency }
  contactEmail acceptedTermsVersion quote { price { minorUnits } fee { minorUnits } total { minorUnits currency } }
  terms { producerSharePercent licenseeSharePercent royaltyPercent territory permissions deliveredFiles } } }"""
READ: Final = f"query($id: ID!) {{ track(id: $id) {{ {OFFER} }} }}"
PREVIEW: Final = """query($track: ID!, $licensing: TrackLicensingInput) {
  agreementPreview(trackId: $track, licensing: $licensing) { markdown sha256 pdf { url expiresAt } } }"""


def an_exclusive_offer(model: str = "STANDARD_AND_EXCLUSIVE", **different: Any) -> Json:
    usual = {
        "price": {"amount": "299.00", "currency": "CAD"},
        "contactEmail": "buy@nova.test",
        "acceptedTermsVersion": LICENCE.current,
    }
    return {"model": model, "exclusive": usual | different}


async def offer(stage: Stage, who: Somebody | None, track: str, licensing: Json) -> list[tuple[str, str]]:
    return await stage.refusals(who, "setTrackLicensing", id=track, input=licensing)


async def read(stage: Stage, who: Somebody | None, track: str) -> Any:
    return (await stage.ask(who, READ, id=track))["track"]["licensing"]


async def preview(stage: Stage, who: Somebody | None, track: str, licensing: Json | None = None) -> Any:
    return (await stage.ask(who, PREVIEW, track=track, licensing=licensing))["agreementPreview"]


async def a_preset(stage: Stage, who: Somebody, name: str = "Usual", **terms: Any) -> str:
    """A preset just made: its id."""
    payload = await stage.mutate(
        who, "createLicencePreset", "preset { id }", input={"name": name, "terms": terms}
    )
    assert payload["errors"] == []
    return str(payload["preset"]["id"])
