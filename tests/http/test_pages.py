"""D-20: share pages as people, previews of other sites and players see them."""

import re
from collections.abc import AsyncGenerator
from html.parser import HTMLParser
from urllib.parse import quote
from xml.etree import ElementTree

import httpx
import pytest
from sqlalchemy import update
from sqlmodel import col
from starlette.applications import Starlette

from api.http.cards import bars, clock
from api.http.oembed import OEmbed
from api.http.pages import SharePages
from api.http.visitor import Visitor
from db.ids import TrackId
from db.models.producers import Producer
from db.models.tracks import Track
from db.vocabulary import TrackStatus
from tests.collections.packs import a_collection
from tests.factories import (
    a_producer,
    a_track,
    a_verified_producer,
    an_analysis,
    an_exclusive,
    the_upload_of,
)
from tests.stage import Stage, the_schema

pytestmark = pytest.mark.anyio

MARKUP = "<script>alert(1)</script>\"'&\u202e"


class Site:
    """The share pages of one BeatPass, asked without a browser."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def get(self, path: str, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self._client.get(path, headers=named)

    async def head_of(self, path: str) -> "Head":
        answer = await self.get(path)
        assert answer.status_code == 200, answer.text
        return Head.of(answer.text)


class Head(HTMLParser):
    """What machines read in a page: properties, links, and everything that could run."""

    def __init__(self) -> None:
        super().__init__()
        self.properties: list[tuple[str, str]] = []
        self.links: dict[str, str] = {}
        self.scripts: list[str] = []
        self.tags: list[str] = []

    @classmethod
    def of(cls, html: str) -> "Head":
        head = cls()
        head.feed(html)
        return head

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        assert not [name for name in given if name.startswith("on")]
        if tag == "meta" and (name := given.get("property") or given.get("name")):
            self.properties.append((name, given["content"]))
        if tag == "link":
            self.links[given.get("type") or given["rel"]] = given["href"]
        if tag == "script":
            self.scripts.append(given.get("src", "inline"))

    def __getitem__(self, name: str) -> str:
        [value] = [value for known, value in self.properties if known == name]
        return value


@pytest.fixture
async def site(stage: Stage) -> AsyncGenerator[Site]:
    visitor = Visitor(the_schema(), stage.services)
    app = Starlette(
        routes=[*SharePages(visitor, stage.settings).routes, OEmbed(visitor, stage.settings).route]
    )
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="https://api.beatpass.test"
    ) as client:
        yield Site(client)


async def test_a_track_has_a_card_for_people_and_properties_for_machines(stage: Stage, site: Site) -> None:
    kilo = await a_verified_producer(stage.sessions, "Kilo Wave")
    nova = await a_producer(stage.sessions, "Nova")
    track = await a_track(
        stage.sessions, kilo, title="Night Drive", slug="night-drive-x7f2", bpm=142, genres=["Trap"],
        preview_ready=True, credited=[nova], **an_exclusive(),
    )  # fmt: skip
    await an_analysis(stage.sessions, await the_upload_of(stage.sessions, track))
    answer = await site.get("/t/night-drive-x7f2")
    for words in (
        "Night Drive",
        "Kilo Wave",
        "142 BPM",
        "3:00",
        "Standard, exclusive for 299.00 USD",
        "Trap",
    ):
        assert words in answer.text
    assert answer.text.count("<rect ") == 96
    head = Head.of(answer.text)
    address = "https://beatpass.test/t/night-drive-x7f2"
    assert (head.links["canonical"], head["og:url"], head["og:title"]) == (address, address, "Night Drive")
    assert (head["og:type"], head["music:duration"], head["og:site_name"]) == (
        "music.song",
        "180",
        "BeatPass",
    )
    musicians = [value for name, value in head.properties if name == "music:musician"]
    assert musicians == [f"https://beatpass.test/p/{one.handle}" for one in (kilo, nova)]
    assert head["og:description"] == "Beat by Kilo Wave · 142 BPM · B♭ minor · Trap · 3:00"
    assert head["og:image"].endswith("/large.jpg")
    assert (head["og:image:width"], head["og:image:height"]) == ("1200", "1200")
    assert head["og:audio"].endswith(f"/media/previews/{track}.mp3")
    assert head["twitter:card"] == "summary_large_image"
    embedding = head.links["application/json+oembed"]
    assert embedding.endswith(f"/oembed?url={quote(address, safe='')}&format=json")


async def test_a_collection_lists_its_published_tracks_in_order(stage: Stage, site: Site) -> None:
    nova = await a_producer(stage.sessions)
    titles = ["First Light", "Second Wind", "Third Rail"]
    tracks = [await a_track(stage.sessions, nova, title=title) for title in titles]
    hidden = await a_track(stage.sessions, nova, TrackStatus.HIDDEN, title="Not Yet")
    order = [tracks[2], hidden, tracks[0], tracks[1]]
    await a_collection(stage.sessions, nova, order, name="Night Tapes", slug="night-tapes-q8")
    answer = await site.get("/c/night-tapes-q8")
    places = [answer.text.index(f">{title}<") for title in ("Third Rail", "First Light", "Second Wind")]
    assert places == sorted(places)
    assert "Not Yet" not in answer.text
    head = Head.of(answer.text)
    assert (head["og:type"], head["og:title"]) == ("music.album", "Night Tapes")
    assert head["og:description"] == "Collection by Nova · 3 beats · Trap"
    assert len([name for name, _ in head.properties if name == "music:song"]) == 3


async def test_a_profile_shows_who_somebody_is(stage: Stage, site: Site) -> None:
    kilo = await a_verified_producer(stage.sessions, "Kilo Wave")
    await change(stage, kilo.producer, bio="Two lines\nof bio.", city="Montréal", roles=["producer", "engineer"],
                 links=[{"network": "SOUNDCLOUD", "url": "https://soundcloud.com/kilo"}])  # fmt: skip
    await a_track(stage.sessions, kilo, title="Night Drive")
    await a_track(stage.sessions, kilo, TrackStatus.DUPLICATE, title="Blocked One")
    answer = await site.get(f"/p/{kilo.handle}")
    for words in (
        "Kilo Wave",
        "Verified producer",
        "Montréal",
        "Two lines",
        "SoundCloud",
        "1 beat",
        "Novice",
        "Night Drive",
    ):
        assert words in answer.text
    assert "Blocked One" not in answer.text
    head = Head.of(answer.text)
    assert (head["og:type"], head["profile:username"]) == ("profile", kilo.handle)
    assert head["og:description"] == "Producer, engineer · Montréal · 1 beat · Two lines of bio."


async def test_a_profile_shows_what_others_credit_it_on(stage: Stage, site: Site) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    await a_track(stage.sessions, nova, title="Together", credited=[kilo])
    page = (await site.get(f"/p/{kilo.handle}")).text
    assert page.index("Also credited on") < page.index("Together")


async def change(stage: Stage, producer: str, **columns: object) -> None:
    async with stage.sessions.writing() as session:
        await session.execute(update(Producer).where(col(Producer.id) == producer).values(**columns))


@pytest.mark.parametrize(
    "status",
    [TrackStatus.PROCESSING, TrackStatus.DUPLICATE, TrackStatus.CHECK_FAILED, TrackStatus.HIDDEN,
     TrackStatus.REMOVED],
)  # fmt: skip
async def test_what_a_visitor_may_not_see_is_a_page_that_says_nothing(
    stage: Stage, site: Site, status: TrackStatus
) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, status, title="Secret Title", slug="secret-x7f2")
    await a_collection(stage.sessions, nova, [track], name="Secret Name", slug="secret-c")
    for path in ("/t/secret-x7f2", "/embed/t/secret-x7f2", "/c/secret-c", "/embed/c/secret-c"):
        answer = await site.get(path)
        assert (answer.status_code, "Secret" in answer.text) == (404, False)
        assert (
            await site.get(f"/oembed?url=https://beatpass.test{path.removeprefix('/embed')}")
        ).status_code == 404
    nothing = await site.get("/t/never-was")
    assert nothing.text == (await site.get("/t/secret-x7f2")).text


async def test_a_sold_track_keeps_its_page_and_says_so(stage: Stage, site: Site) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, TrackStatus.SOLD, slug="night-x7f2", **an_exclusive())
    await a_collection(stage.sessions, nova, [track], slug="night-tapes-q8")
    page = await site.get("/t/night-x7f2")
    assert (page.status_code, "<dd>Sold</dd>" in page.text, "299" in page.text) == (200, True, False)
    assert (await site.get("/c/night-tapes-q8")).status_code == 404


async def test_a_track_that_is_hidden_leaves_its_page(stage: Stage, site: Site) -> None:
    track = await a_track(stage.sessions, await a_producer(stage.sessions), slug="night-x7f2")
    assert (await site.get("/t/night-x7f2")).status_code == 200
    async with stage.sessions.writing() as session:
        hidden = update(Track).where(col(Track.id) == TrackId(track)).values(status=TrackStatus.HIDDEN)
        await session.execute(hidden)
    assert (await site.get("/t/night-x7f2")).status_code == 404


async def test_other_spellings_and_former_handles_lead_to_the_one_address(stage: Stage, site: Site) -> None:
    kilo = await a_producer(stage.sessions, "Kilo Wave")
    await a_track(stage.sessions, kilo, slug="night-x7f2")
    payload = await stage.mutate(kilo, "updateProducer", id=kilo.producer, input={"handle": "kilo-new"})
    assert payload["errors"] == []
    leads = {
        f"/p/{kilo.handle}": "/p/kilo-new",
        "/p/KILO-NEW": "/p/kilo-new",
        "/p/kilo-new/": "/p/kilo-new",
        "/t/Night-X7F2": "/t/night-x7f2",
        "/t/night-x7f2/": "/t/night-x7f2",
    }
    for path, target in leads.items():
        answer = await site.get(path)
        assert (path, answer.status_code, answer.headers["location"]) == (path, 301, target)
        assert (await site.get(target)).status_code == 200


async def test_markup_and_odd_paths_stay_text(stage: Stage, site: Site) -> None:
    nova = await a_producer(stage.sessions)
    await change(stage, nova.producer, name=f"N{MARKUP}"[:60], bio=MARKUP, city=MARKUP, roles=[MARKUP])
    track = await a_track(
        stage.sessions, nova, title=f"T{MARKUP}", slug="odd-x7f2", artists=[MARKUP], description=MARKUP,
        genres=[MARKUP], preview_ready=True,
    )  # fmt: skip
    await a_collection(stage.sessions, nova, [track], name=f"C{MARKUP}", slug="odd-c", description=MARKUP)
    for path in ("/t/odd-x7f2", "/c/odd-c", f"/p/{nova.handle}", "/embed/t/odd-x7f2", "/embed/c/odd-c"):
        head = await site.head_of(path)
        assert (path, head.scripts) == (
            path,
            [script for script in head.scripts if script.endswith("player.js")],
        )
        assert len(head.scripts) == 1
    for path in (
        "/t/%00",
        "/t/%ff",
        "/p/..%2f..%2fetc",
        "/t/" + "x" * 5000,
        "/c/%3Cscript%3E",
        "/t/",
        "/p/a/b",
    ):
        assert (path[:20], (await site.get(path)).status_code) == (path[:20], 404)


async def test_a_page_runs_nothing_but_its_own_script_and_stands_in_no_frame(
    stage: Stage, site: Site
) -> None:
    await a_track(stage.sessions, await a_producer(stage.sessions), slug="night-x7f2")
    page, framed = await site.get("/t/night-x7f2"), await site.get("/embed/t/night-x7f2")
    policies = [answer.headers["content-security-policy"] for answer in (page, framed)]
    assert "frame-ancestors 'none'" in policies[0]
    assert "frame-ancestors *" in policies[1]
    for policy in policies:
        assert "default-src 'none'; script-src 'self';" in policy
        assert "unsafe" not in policy
        assert "style-src 'self';" in policy
    assets = re.findall(r'(?:href|src)="(/page-assets/[^"]+)"', page.text)
    assert len(assets) == 2
    assert [(await site.get(asset)).status_code for asset in assets] == [200, 200]


async def test_a_page_that_has_not_changed_is_not_sent_again(stage: Stage, site: Site) -> None:
    nova = await a_producer(stage.sessions)
    first = await site.get(f"/p/{nova.handle}")
    same = await site.get(f"/p/{nova.handle}", if_none_match=first.headers["etag"])
    assert (same.status_code, same.content) == (304, b"")
    await change(stage, nova.producer, city="Oslo")
    changed = await site.get(f"/p/{nova.handle}", if_none_match=first.headers["etag"])
    assert (changed.status_code, "Oslo" in changed.text) == (200, True)


async def test_oembed_answers_with_a_player_that_fits(stage: Stage, site: Site) -> None:
    nova = await a_producer(stage.sessions, "Nova")
    await a_track(stage.sessions, nova, title='Night "Drive"', slug="night-x7f2")
    address = quote("https://beatpass.test/t/night-x7f2", safe="")
    answer = (await site.get(f"/oembed?url={address}&maxwidth=400&maxheight=100")).json()
    assert (answer["type"], answer["version"], answer["title"]) == ("rich", "1.0", 'Night "Drive"')
    assert (answer["author_name"], answer["author_url"]) == ("Nova", f"https://beatpass.test/p/{nova.handle}")
    assert (answer["width"], answer["height"]) == (400, 100)
    assert 'title="Night &quot;Drive&quot;" width="400" height="100"' in answer["html"]
    [source] = re.findall(r'src="([^"]+)"', answer["html"])
    assert source.endswith("/embed/t/night-x7f2")
    assert (await site.get(source)).status_code == 200
    assert "thumbnail_url" not in answer, "the smallest has 160 px"
    small = (await site.get(f"/oembed?url={address}&maxheight=200")).json()
    assert (small["thumbnail_width"], small["thumbnail_url"][-9:]) == (160, "small.jpg")
    large = (await site.get(f"/oembed?url={address}")).json()
    assert (large["thumbnail_width"], large["thumbnail_url"][-10:]) == (500, "medium.jpg")
    written = await site.get(f"/oembed?url={address}&format=xml")
    root = ElementTree.fromstring(written.content)
    assert written.headers["content-type"] == "text/xml; charset=utf-8"
    assert (root.tag, root.findtext("title"), root.findtext("height")) == ("oembed", 'Night "Drive"', "152")


async def test_oembed_of_a_profile_is_a_link_and_of_a_collection_a_player(stage: Stage, site: Site) -> None:
    nova = await a_producer(stage.sessions, "Nova")
    track = await a_track(stage.sessions, nova)
    await a_collection(stage.sessions, nova, [track], name="Night Tapes", slug="night-tapes-q8")
    profile = (await site.get(f"/oembed?url=https://beatpass.test/p/{nova.handle}")).json()
    assert (profile["type"], profile["title"], "html" in profile) == ("link", "Nova", False)
    pack = (await site.get("/oembed?url=https://beatpass.test/c/night-tapes-q8")).json()
    assert (pack["type"], pack["height"], pack["author_name"]) == ("rich", 420, "Nova")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400), ("?url=", 400), ("?url=https://elsewhere.test/t/night-x7f2", 404), ("?url=not an address", 404),
        ("?url=https://[", 404), ("?url=javascript:alert(1)", 404), ("?url=/t/night-x7f2&format=yaml", 501),
        ("?url=/t/night-x7f2&maxwidth=x&maxheight=-1", 200), ("?url=/t/night-x7f2&maxwidth=0", 200),
        (f"?url=/t/night-x7f2&maxwidth={'9' * 5000}", 200), (f"?url={'x' * 5000}", 404),
    ],
)  # fmt: skip
async def test_oembed_refuses_what_it_cannot_show(stage: Stage, site: Site, query: str, status: int) -> None:
    await a_track(stage.sessions, await a_producer(stage.sessions), slug="night-x7f2")
    answer = await site.get(f"/oembed{query}")
    assert answer.status_code == status
    if status == 200:
        assert answer.json()["width"] in {1, 640}


def test_the_waveform_is_that_of_the_part_that_is_heard() -> None:
    peaks = [10] * 500 + [200] * 250 + [100] * 250 + [10] * 1000
    track = {"durationMs": 120_000, "previewStartMs": 30_000, "analysis": {"waveform": peaks}}
    heights = bars(track)
    assert heights is not None
    assert (len(heights), set(heights[:48]), set(heights[48:])) == (96, {60.0}, {30.0})
    assert bars(track | {"analysis": None}) is bars(track | {"previewStartMs": None}) is None
    silent = bars(track | {"analysis": {"waveform": [0] * 2000}})
    assert silent == [3] * 96


@pytest.mark.parametrize(
    ("duration_ms", "text"),
    [(0, "0:00"), (999, "0:01"), (59_600, "1:00"), (125_000, "2:05"), (3_600_000, "1:00:00")],
)
def test_lengths_are_written_as_players_do(duration_ms: int, text: str) -> None:
    assert clock(duration_ms) == text
