"""Fills an empty demo with profiles, beats, collections, beat requests and an application, as an outside client would: over HTTP.

It is done once: a mark in the data directory says so. Interrupted, it goes on at the next start with what is missing.
"""

import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from api.demo.accounts import ARTIST, PRODUCER, PRODUCER_2, STAFF
from workers.demo import money
from workers.demo.beats import OFFERED, SCANNED, WAVES, DemoBeat
from workers.demo.client import Client, Refusal
from workers.demo.complaints import report
from workers.demo.meetings import announce_events, ask_to_connect, take_the_seat
from workers.demo.packs import PACKS, create_pack, packs_of
from workers.demo.profiles import PROFILES, fill_in, follow, make_unowned
from workers.demo.scans import scan
from workers.demo.tickets import WRITERS, write_as_nobody, write_to_support
from workers.demo.tracks import await_verdict, create_track, upload_bytes
from workers.demo.wishes import WISHES, offer, post
from workers.launcher.plan import seeded

_OWN_TRACKS: Final = "{ me { producer { tracks(first: 100) { nodes { id title } } } } }"
_PRODUCER: Final = "{ me { producer { id } } }"
_TERMS: Final = "{ licenceTerms { version } }"
_SIGN_UP: Final = "mutation($input: SignUpInput!) { signUp(input: $input) { token errors { message code } } }"
_APPLY: Final = """mutation($input: SubmitProducerRequestInput!) {
  submitProducerRequest(input: $input) { request { id } errors { message } } }"""
_LISTENED_TO: Final = 4
"""Of each producer."""
_APPLICANT: Final = "lena@beatpass.example"
_APPLICATION: Final = {
    "kind": "BECOME_PRODUCER",
    "producerName": "Lena Lights",
    "beatsUrl": "https://soundcloud.com/lena-lights",
    "firstName": "Lena",
    "lastName": "Okafor",
}


class Seeding:
    """One filling of the demo at an address."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._clients = {token: Client(url, token) for token in (PRODUCER.token, PRODUCER_2.token)}
        self._known = {token: _own_tracks(client) for token, client in self._clients.items()}
        self._producers = {
            token: client.ask(_PRODUCER)["me"]["producer"]["id"] for token, client in self._clients.items()
        }
        self._terms = str(Client(url).ask(_TERMS)["licenceTerms"]["version"])

    def fill(self) -> None:
        """Upload what is missing: first what stands for itself, and after its verdicts what borrows from it."""
        _say("Uploading the demo beats.")
        self._introduce()
        self._apply()
        for wave in WAVES:
            for one in wave:
                self._upload(one)
            self._await_verdicts(wave)
        self._pack()
        self._scan()
        self._wish()
        self._complain()
        _say(f"All {sum(map(len, WAVES))} demo beats are there.")

    @property
    def listened_to(self) -> list[str]:
        """Ids of beats, of both producers by turns, that people listen to."""
        of_each = [sorted(known.items())[:_LISTENED_TO] for known in self._known.values()]
        return [track for pair in zip(*of_each, strict=False) for _, track in pair]

    def _introduce(self) -> None:
        """Profiles that say who their producers are, a follower, and a profile that waits for its owner."""
        first, *_ = [fill_in(self._clients[one.producer.token], one) for one in PROFILES]
        follow(Client(self._url, ARTIST.token), first)
        make_unowned(Client(self._url, STAFF.token))
        self._meet(first)

    def _meet(self, first: str) -> None:
        """A request to connect that waits for an answer, events, one of which is full, and tickets for staff."""
        asker = self._clients[PRODUCER_2.token]
        ask_to_connect(asker, first)
        take_the_seat(asker, announce_events(Client(self._url, STAFF.token)))
        write_to_support(
            {token: Client(self._url, token) for token in WRITERS}, Client(self._url, STAFF.token)
        )
        write_as_nobody(Client(self._url), Client(self._url, STAFF.token))

    def _apply(self) -> None:
        """Somebody who waits for staff, so that their queue is not empty; once."""
        visitor = {"email": _APPLICANT, "password": secrets.token_urlsafe(24), "displayName": "Lena"}
        try:
            token = Client(self._url).do(_SIGN_UP, input=visitor)["token"]
        except Refusal as refusal:
            if refusal.errors[0].get("code") != "EMAIL_TAKEN":
                raise
        else:
            Client(self._url, token).do(_APPLY, input=_APPLICATION)

    def _complain(self) -> None:
        """Something that is reported to staff."""
        for track in self.listened_to[:1]:
            report(Client(self._url, ARTIST.token), track)

    def _pack(self) -> None:
        """Collections of what is there; one that has a name of ours is not made again."""
        for pack in PACKS:
            token = pack.producer.token
            tracks = [self._known[token][title] for title in pack.titles if title in self._known[token]]
            if pack.name not in packs_of(self._clients[token]):
                create_pack(self._clients[token], pack, tracks)

    def _scan(self) -> None:
        """A finished scan to look at, of a beat that another one has a part of; within the hour it is there already."""
        with suppress(Refusal):
            scan(
                self._clients[PRODUCER.token],
                {"trackId": self._known[PRODUCER.token][SCANNED]},
                lambda _: None,
            )

    def _wish(self) -> None:
        """Open beat requests and an offer, so that there is something to answer; they are over after a day."""
        tracks = {title: track for known in self._known.values() for title, track in known.items()}
        wanted = [wish for wish in WISHES if wish.like is None or wish.like in tracks]
        first, *_ = [post(Client(self._url, wish.requester.token), wish, tracks) for wish in wanted]
        if OFFERED in tracks:
            offer(self._clients[PRODUCER.token], first, tracks[OFFERED])

    def _upload(self, one: DemoBeat) -> None:
        known = self._known[one.producer.token]
        if one.title not in known:
            client = self._clients[one.producer.token]
            upload = upload_bytes(client, one.wav(), name=f"{one.title}.wav")
            known[one.title] = create_track(client, {"audioUploadId": upload.id, **self._entered(one)}).id

    def _entered(self, one: DemoBeat) -> dict[str, Any]:
        return {
            "title": one.title,
            "artists": [one.producer.producer],
            "bpm": one.score.bpm,
            "key": one.key,
            "scale": "MINOR" if one.score.minor else "MAJOR",
            "genres": one.genres,
            "moods": one.moods,
            "tags": one.tags,
            "description": f"Made for the demo, at {one.score.bpm} BPM.",
            "creditedProducerIds": [self._producers[one.credited.token]] if one.credited else [],
            "licensing": {"model": one.model, "exclusive": self._offer(one)},
        }

    def _offer(self, one: DemoBeat) -> dict[str, Any] | None:
        if one.exclusive_price is None:
            return None
        amount, currency = one.exclusive_price
        return {
            "contactEmail": one.producer.email,
            "acceptedTermsVersion": self._terms,
            "price": {"amount": amount, "currency": currency},
        }

    def _await_verdicts(self, wave: Iterable[DemoBeat]) -> None:
        for one in wave:
            token = one.producer.token
            await_verdict(self._clients[token], self._known[token][one.title], lambda _: None)


def _own_tracks(client: Client) -> dict[str, str]:
    """Ids by title."""
    nodes = client.ask(_OWN_TRACKS)["me"]["producer"]["tracks"]["nodes"]
    return {node["title"]: node["id"] for node in nodes}


def _say(sentence: str) -> None:
    print(sentence, flush=True)


def main(url: str, mark: Path) -> None:
    """Fill the demo unless the mark says that it was done."""
    if not mark.exists():
        seeding = Seeding(url)
        seeding.fill()
        money.main(seeding.listened_to)
        mark.touch()


if __name__ == "__main__":
    main(os.environ["BEATPASS_PUBLIC_URL"], seeded(Path(os.environ["BEATPASS_DATA_DIR"])))
