"""D-6: an address belongs to its network and names an account there, or is a public website."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.producers.links import MOST_LINKS, Link, address_on, checked_links
from api.refusals import InvalidValue
from db.vocabulary import SocialNetwork
from tests.rules.judging import refused_by, told

INSTAGRAM, YOUTUBE, WEBSITE = SocialNetwork.INSTAGRAM, SocialNetwork.YOUTUBE, SocialNetwork.WEBSITE
CHANNEL = "UC-lHJZR3Gqxm24_Vd_AJ5Yw"
ARTIST = "4tZwfgrHOc3mvqYlEYSvVi"


@pytest.mark.parametrize(
    ("network", "given_as", "kept_as"),
    [
        ("INSTAGRAM", "https://www.instagram.com/nova.keys/?igsh=abc&utm_source=qr", "https://instagram.com/nova.keys"),
        ("INSTAGRAM", "http://INSTAGRAM.com/Nova#top", "https://instagram.com/Nova"),
        ("INSTAGRAM", "instagr.am/nova", "https://instagram.com/nova"),
        ("YOUTUBE", "https://m.youtube.com/@nova/videos", "https://youtube.com/@nova"),
        ("YOUTUBE", "https://youtu.be/@nova", "https://youtube.com/@nova"),
        ("YOUTUBE", f"https://music.youtube.com/channel/{CHANNEL}", f"https://youtube.com/channel/{CHANNEL}"),
        ("YOUTUBE", "https://www.youtube.com/c/Nova", "https://youtube.com/c/Nova"),
        ("SOUNDCLOUD", "https://m.soundcloud.com/nova-keys/sets", "https://soundcloud.com/nova-keys"),
        ("SPOTIFY", f"https://open.spotify.com/artist/{ARTIST}?si=1", f"https://open.spotify.com/artist/{ARTIST}"),
        ("SPOTIFY", f"https://open.spotify.com/intl-de/artist/{ARTIST}", f"https://open.spotify.com/artist/{ARTIST}"),
        ("TIKTOK", "https://www.tiktok.com/@nova.keys?lang=en", "https://tiktok.com/@nova.keys"),
        ("X", "https://twitter.com/nova", "https://x.com/nova"),
        ("X", "https://mobile.twitter.com/nova/status/1", "https://x.com/nova"),
        ("FACEBOOK", "https://fb.com/nova.keys", "https://facebook.com/nova.keys"),
        ("FACEBOOK", "https://www.facebook.com/profile.php?id=100&ref=x", "https://facebook.com/profile.php?id=100"),
        ("FACEBOOK", "https://web.facebook.com/people/Nova/100", "https://facebook.com/people/Nova/100"),
        ("TWITCH", "https://www.twitch.tv/nova_keys", "https://twitch.tv/nova_keys"),
        ("WEBSITE", "Nova.Music/beats/?page=2&utm_source=x&fbclid=y", "https://nova.music/beats/?page=2"),
        ("WEBSITE", "http://nova.music/", "http://nova.music"),
        ("WEBSITE", "https://xn--mller-kva.de", "https://xn--mller-kva.de"),
        ("WEBSITE", "https://müller.de/größe", "https://xn--mller-kva.de/gr%C3%B6%C3%9Fe"),
    ],
)  # fmt: skip
def test_an_account_has_one_spelling_however_it_was_copied(network: str, given_as: str, kept_as: str) -> None:
    assert address_on(SocialNetwork(network), f"  {given_as} ") == kept_as
    assert address_on(SocialNetwork(network), kept_as) == kept_as


@pytest.mark.parametrize(
    "address",
    [
        "https://instagram.com.evil.test/nova",
        "https://evil-instagram.com/nova",
        "https://evil.test/instagram.com/nova",
        "https://instagram.com@evil.test/nova",
        "https://nova:secret@instagram.com/nova",
        "https://@instagram.com/nova",
        "https://instagram.com:8443/nova",
        "https://instagram.com:/nova",
        "https://instagram.com:x/nova",
        "https://instаgram.com/nova",  # noqa: RUF001 -- a Cyrillic a
        "https://ｉnstagram.com/nova",  # noqa: RUF001 -- a wide i
        "https://xn--instgram-p1g.com/nova",
        "https://instagram.com\\@evil.test/nova",
        "https://instagram.com/no\tva",
        "https://instagram.com/no\nva",
        "https://instagram.com/nova\u202eexe",
        "https://instagram.com/\0nova",
        "https://instagram.com/<script>alert(1)</script>",
        "https://instagram.com/%3Cscript%3E",
        "https://instagram.com/",
        "https://instagram.com",
        "https://instagram.com/p/Cxyz",
        "https://instagram.com/explore",
        "javascript:alert(1)",
        "javascript://instagram.com/nova%0aalert(1)",
        "data:text/html,nova",
        "ftp://instagram.com/nova",
        "//instagram.com/nova",
        "https://[",
        "https://youtube.com/@nova",
    ],
)
def test_what_only_looks_like_an_account_on_instagram_is_refused(address: str) -> None:
    assert [told(one) for one in refused_by(lambda: address_on(INSTAGRAM, address))] == [("", "MALFORMED")]


@pytest.mark.parametrize(
    ("network", "address"),
    [
        ("YOUTUBE", "https://youtu.be/dQw4w9WgXcQ"),
        ("YOUTUBE", "https://youtube.com/watch?v=dQw4w9WgXcQ"),
        ("SPOTIFY", "https://open.spotify.com/track/4tZwfgrHOc3mvqYlEYSvVi"),
        ("SPOTIFY", "https://open.spotify.com/artist/short"),
        ("TIKTOK", "https://tiktok.com/nova"),
        ("TIKTOK", "https://vm.tiktok.com/ZM1"),
        ("SOUNDCLOUD", "https://on.soundcloud.com/abc"),
        ("SOUNDCLOUD", "https://soundcloud.com/discover"),
        ("X", "https://x.com/home"),
        ("X", "https://x.com/a_name_that_is_too_long"),
        ("FACEBOOK", "https://facebook.com/sharer.php?u=x"),
        ("FACEBOOK", "https://facebook.com/profile.php?id=me"),
        ("FACEBOOK", "https://facebook.com/groups/beats"),
        ("TWITCH", "https://twitch.tv/directory"),
        ("WEBSITE", "https://127.0.0.1/"),
        ("WEBSITE", "https://2130706433/"),
        ("WEBSITE", "https://0x7f.1/"),
        ("WEBSITE", "https://[::1]/"),
        ("WEBSITE", "https://[fe80::1%25eth0]/"),
        ("WEBSITE", "https://localhost"),
        ("WEBSITE", "https://nova.localhost"),
        ("WEBSITE", "https://printer.local"),
        ("WEBSITE", "https://vault.internal/"),
        ("WEBSITE", "https://nova"),
        ("WEBSITE", "https://nova..music"),
        ("WEBSITE", "https://-nova.music"),
        ("WEBSITE", "https://nova_keys.music"),
        ("WEBSITE", f"https://{'a' * 64}.music"),
        ("WEBSITE", "mailto:nova@nova.music"),
        ("WEBSITE", "javascript:alert(1)//nova.music"),
    ],
)
def test_what_names_no_account_and_no_public_website_is_refused(network: str, address: str) -> None:
    refused = refused_by(lambda: address_on(SocialNetwork(network), address))
    assert [told(one) for one in refused] == [("", "MALFORMED")]


def test_a_refusal_says_what_an_address_looks_like() -> None:
    [refused] = refused_by(lambda: address_on(YOUTUBE, "https://vimeo.com/nova"))
    assert refused.message == "This is no address of YouTube: one looks like https://youtube.com/@name."


def test_all_that_is_wrong_with_links_is_told_at_once_with_its_place() -> None:
    links = [
        Link(INSTAGRAM, "https://instagram.com/nova"),
        Link(YOUTUBE, "https://vimeo.com/nova"),
        Link(INSTAGRAM, "https://instagram.com/other"),
        Link(INSTAGRAM, "http://www.instagram.com/nova/"),
        Link(WEBSITE, " "),
        Link(WEBSITE, f"https://nova.music/{'x' * 500}"),
    ]
    assert [told(one) for one in refused_by(lambda: checked_links(links))] == [
        ("1.url", "MALFORMED"),
        ("2.network", "REPEATED"),
        ("3.url", "REPEATED"),
        ("4.url", "REQUIRED"),
        ("5.url", "TOO_LONG"),
    ]


def test_three_websites_are_shown_and_no_fourth() -> None:
    sites = [Link(WEBSITE, f"https://nova{number}.music") for number in range(4)]
    assert checked_links(sites[:3]) == sites[:3]
    assert [told(one) for one in refused_by(lambda: checked_links(sites))] == [("3.network", "TOO_LONG")]


def test_a_list_that_is_far_too_long_is_not_read_to_its_end() -> None:
    links = [Link(INSTAGRAM, "x")] * 10_000
    refused = [told(one) for one in refused_by(lambda: checked_links(links))]
    assert refused == [("", "TOO_LONG"), *((f"{at}.url", "MALFORMED") for at in range(2 * MOST_LINKS))]


@given(
    st.sampled_from(SocialNetwork), st.text(max_size=60), st.sampled_from(["", "https://", "https://x.com/"])
)
def test_whatever_is_taken_is_a_plain_address_that_is_taken_again(
    network: SocialNetwork, text: str, before: str
) -> None:
    try:
        address = address_on(network, before + text)
    except InvalidValue:
        return
    assert address.startswith(("https://", "http://"))
    assert address.isascii()
    assert address_on(network, address) == address
