"""Who the demo's producers say they are, and a profile that nobody owns."""

from dataclasses import dataclass
from typing import Any, Final

from api.demo.accounts import PRODUCER, PRODUCER_2, DemoAccount
from workers.demo.client import Client, send_bytes
from workers.demo.portraits import Color, portrait, studio

UNOWNED: Final = "Echo Park"
_OWN: Final = "{ me { producer { id picture { width } } } }"
_KNOWN: Final = "query($handle: String!) { producer(by: { handle: $handle }) { id } }"
_ANNOUNCE: Final = """mutation($input: CreateUploadInput!) {
  createUpload(input: $input) { upload { id url } errors { message } } }"""
_UPDATE: Final = """mutation($id: ID!, $input: UpdateProducerInput!) { updateProducer(id: $id, input: $input) {
  producer { completeness { percent } } errors { message } } }"""
_MAKE: Final = """mutation($input: CreateProducerInput!) {
  createProducer(input: $input) { producer { id } errors { message } } }"""
_FOLLOW: Final = "mutation($id: ID!) { followProducer(id: $id) { errors { message } } }"


@dataclass(frozen=True)
class DemoProfile:
    """What a producer of the demo says."""

    producer: DemoAccount
    colors: tuple[Color, Color]
    facts: dict[str, Any]


PROFILES: Final = (
    DemoProfile(
        PRODUCER,
        ((236, 148, 96), (74, 40, 110)),
        {
            "bio": "Dark keys, slow drums.\nBeats for people who write at night.",
            "city": "Montréal",
            "roles": ["producer", "engineer"],
            "links": [
                {"network": "INSTAGRAM", "url": "https://instagram.com/nova.keys.example"},
                {"network": "SOUNDCLOUD", "url": "https://soundcloud.com/nova-keys-example"},
            ],
        },
    ),
    DemoProfile(
        PRODUCER_2,
        ((120, 208, 190), (24, 52, 92)),
        {
            "bio": "Waves from the west coast: warm bass, bright tops.",
            "city": "Vancouver",
            "roles": ["producer", "writer"],
            "links": [{"network": "YOUTUBE", "url": "https://youtube.com/@kilowave-example"}],
        },
    ),
)


def fill_in(client: Client, profile: DemoProfile) -> str:
    """Complete a producer's own profile, if it has no picture yet.

    Returns:
        The profile's id.
    """
    own = client.ask(_OWN)["me"]["producer"]
    if own["picture"] is None:
        picture = _upload(client, portrait(*profile.colors), "PROFILE_PICTURE")
        photo = {"uploadId": _upload(client, studio(*profile.colors), "ABOUT_PHOTO")}
        pictures = {
            "pictureUploadId": picture,
            "aboutPhotos": [{"source": photo, "caption": "Where it happens."}],
        }
        client.do(_UPDATE, id=own["id"], input=profile.facts | pictures)
    return str(own["id"])


def make_unowned(staff: Client) -> None:
    """A profile for known beats, to be claimed; once."""
    if staff.ask(_KNOWN, handle=UNOWNED.replace(" ", "-"))["producer"] is None:
        facts = {"bio": "Known beats, unknown hands.", "city": "Los Angeles"}
        staff.do(_MAKE, input={"name": UNOWNED, **facts})


def follow(client: Client, producer: str) -> None:
    """Follow; again changes nothing."""
    client.do(_FOLLOW, id=producer)


def _upload(client: Client, content: bytes, purpose: str) -> str:
    given = {"purpose": purpose, "filename": f"{purpose.lower()}.jpg", "byteSize": len(content)}
    made = client.do(_ANNOUNCE, input=given)["upload"]
    send_bytes(made["url"], content)
    return str(made["id"])
