"""Accounts elsewhere: whether an address belongs to its network and names an account there, and its one spelling (D-6)."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from api.refusals import InvalidValue, Problems
from api.texts import checked_length
from db.vocabulary import ErrorCode, SocialNetwork

MOST_WEBSITES: Final = 3
MOST_LINKS: Final = len(SocialNetwork) - 1 + MOST_WEBSITES
"""One for each network, and some websites."""
_LONGEST_ADDRESS: Final = 500
_LONGEST_HOST: Final = 253
_NEVER_IN_AN_ADDRESS: Final = re.compile(r'[\s\\<>"{}|^`]')
_LABEL: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_TOP_LEVEL: Final = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{1,59}")
_NOT_PUBLIC: Final = frozenset(
    {"localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "test", "example",
     "invalid", "arpa", "onion", "alt"}
)  # fmt: skip
"""Ends of names that no public server has."""
_TRACKING: Final = re.compile(r"utm_.*|fbclid|gclid|dclid|msclkid|igshid|mc_[ce]id|_ga", re.IGNORECASE)
"""What tells advertisers who sent the link."""


@dataclass(frozen=True)
class Link:
    """An account elsewhere as a client gives it."""

    network: SocialNetwork
    url: str


@dataclass(frozen=True)
class _Network:
    """How addresses of a network look.

    Attributes:
        hosts: Where its accounts are found; the first is how it is written.
        account: Gives the path of an account in its one spelling, of a path without its first slash; null: no account.
        looks_like: For who gave something else.
    """

    name: str
    hosts: tuple[str, ...]
    account: Callable[[SplitResult], str | None]
    looks_like: str


def checked_links(links: Sequence[Link]) -> list[Link]:
    """The links in their order, each in the one spelling of its network.

    Raises:
        ManyRefused: Everything that is wrong, under the position of the link.
    """
    problems = Problems()
    _limit(problems, links)
    known: list[Link] = []
    for position, link in enumerate(links[: 2 * MOST_LINKS]):
        with problems.under(str(position)):
            known.append(_checked(link, known))
    problems.refuse_any()
    return known


def _limit(problems: Problems, links: Sequence[Link]) -> None:
    if len(links) > MOST_LINKS:
        sentence = f"These are {len(links)} links; at most {MOST_LINKS} are allowed."
        problems.note(InvalidValue(sentence, code=ErrorCode.TOO_LONG, maximum=Decimal(MOST_LINKS)))


def _checked(link: Link, earlier: Sequence[Link]) -> Link:
    try:
        checked = Link(link.network, address_on(link.network, link.url))
    except InvalidValue as refusal:
        raise refusal.at("url") from refusal
    _refuse_repetition(checked, earlier)
    return checked


def _refuse_repetition(link: Link, earlier: Sequence[Link]) -> None:
    if link in earlier:
        raise InvalidValue("This link is there twice.", ("url",), ErrorCode.REPEATED)
    alike = sum(one.network is link.network for one in earlier)
    if link.network is not SocialNetwork.WEBSITE and alike:
        sentence = f"There is a link to {_NETWORKS[link.network].name} already: one for each network."
        raise InvalidValue(sentence, ("network",), ErrorCode.REPEATED)
    if alike >= MOST_WEBSITES:
        sentence = f"At most {MOST_WEBSITES} websites are shown."
        raise InvalidValue(sentence, ("network",), ErrorCode.TOO_LONG, maximum=Decimal(MOST_WEBSITES))


def address_on(network: SocialNetwork, text: str) -> str:
    """The address of an account on a network, or of a website, in its one spelling.

    Raises:
        InvalidValue: It is no such address.
    """
    parts = _split(text)
    if network is SocialNetwork.WEBSITE:
        return _website(parts)
    known = _NETWORKS[network]
    host = (parts.hostname or "").removeprefix("www.")
    if host not in known.hosts:
        sentence = f"This is no address of {known.name}: one looks like {known.looks_like}."
        raise InvalidValue(sentence)
    account = known.account(parts._replace(netloc=host))
    if account is None:
        raise InvalidValue(f"This names no account on {known.name}: give one such as {known.looks_like}.")
    return f"https://{known.hosts[0]}/{account}"


def checked_address(text: str, *, longest: int) -> str:
    """The address of a page on a public server, as it was given.

    Raises:
        InvalidValue: It is none, or not a whole one.
    """
    parts = _split(text, longest=longest)
    if not text.strip().lower().startswith(("http://", "https://")):
        raise InvalidValue("This is not a whole address: one begins with https://.")
    _public_host(parts.hostname or "")
    return text.strip()


def _split(text: str, *, longest: int = _LONGEST_ADDRESS) -> SplitResult:
    """The address in its parts, if it is a plain one of the web: whoever reads it goes where it seems to lead."""
    bare = text.strip()
    if not bare:
        raise InvalidValue("Give an address.", code=ErrorCode.REQUIRED)
    checked_length(bare, shortest=1, longest=longest)
    if _NEVER_IN_AN_ADDRESS.search(bare) or not bare.isprintable():
        raise InvalidValue("An address has no blanks, backslashes, brackets or control characters in it.")
    try:
        parts = urlsplit(bare if "://" in bare else f"https://{bare}")
        plain = parts.username is None and parts.password is None and parts.port is None
    except ValueError as error:  # such as https://[ or a port that is no number
        raise InvalidValue("This is not the address of a web page.") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise InvalidValue("This is not the address of a web page: one begins with https://.")
    if not plain or parts.netloc.endswith(":"):
        raise InvalidValue("An address has no name, password or port before or behind its host.")
    return parts


def _website(parts: SplitResult) -> str:
    host = _public_host(parts.hostname or "")
    asked = [(name, value) for name, value in parse_qsl(parts.query, True) if not _TRACKING.fullmatch(name)]
    query = f"?{urlencode(asked)}" if asked else ""
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~")
    return f"{parts.scheme}://{host}{path if path != '/' else ''}{query}"


def _public_host(name: str) -> str:
    """The name of a public server; letters beyond ASCII as the name service has them, so that no look-alike hides."""
    try:
        host = name.removesuffix(".").encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise InvalidValue("There can be no server of this name.") from error
    labels = host.split(".")
    well_formed = len(host) <= _LONGEST_HOST and all(map(_LABEL.fullmatch, labels))
    if not well_formed or len(labels) < 2 or not _TOP_LEVEL.fullmatch(labels[-1]):
        raise InvalidValue("This is not the address of a public website.")
    if labels[-1] in _NOT_PUBLIC:
        raise InvalidValue(f"No public website has an address that ends in .{labels[-1]}.")
    return host


def _one_segment(name: str, *, but: str = "", before: str = "") -> Callable[[SplitResult], str | None]:
    """Accounts whose path is their name, at most followed by pages of theirs."""
    form, others = re.compile(name), frozenset(but.split())

    def account(parts: SplitResult) -> str | None:
        first = _segments(parts)[0]
        if not first.startswith(before):
            return None
        found = form.fullmatch(first.removeprefix(before))
        return f"{before}{found[0]}" if found and found[0].lower() not in others else None

    return account


def _segments(parts: SplitResult) -> list[str]:
    """Of the path; at least one, which may be empty."""
    return unquote(parts.path).strip("/").split("/")


def _youtube(parts: SplitResult) -> str | None:
    """`@name` also on the short host, whose other paths are videos."""
    path = "/".join(_segments(parts)[:2])
    if found := re.match(r"@\w[\w.-]{2,29}(?=/|$)", path):
        return quote(found[0], safe="@")
    if parts.netloc == "youtu.be":
        return None
    found = re.fullmatch(r"(channel/UC[A-Za-z0-9_-]{22}|(?:c|user)/\w[\w.-]{0,99})", path)
    return quote(found[0]) if found else None


def _spotify(parts: SplitResult) -> str | None:
    """Artists and people; a country in front is left out."""
    segments = _segments(parts)
    if re.fullmatch(r"intl-[a-z]{2,3}(-[a-z]{2})?", segments[0]):
        segments = segments[1:]
    found = re.fullmatch(
        r"artist/[A-Za-z0-9]{22}|user/[A-Za-z0-9_][A-Za-z0-9._-]{0,99}", "/".join(segments[:2])
    )
    return found[0] if found else None


def _facebook(parts: SplitResult) -> str | None:
    """Names, numbered people, and pages of the older form."""
    segments = _segments(parts)
    if segments == ["profile.php"]:
        number = dict(parse_qsl(parts.query)).get("id", "")
        return f"profile.php?id={number}" if re.fullmatch(r"[0-9]{1,20}", number) else None
    if segments[0] in {"people", "pages", "p"}:
        path = "/".join(segments[:3])
        found = re.fullmatch(r"(people|pages)/\w[\w.-]{0,99}/[0-9]{1,20}|p/\w[\w.-]{0,99}", path)
        return quote(path) if found else None
    return _facebook_name(parts)


_facebook_name: Final = _one_segment(
    r"[A-Za-z0-9][A-Za-z0-9.]{2,49}",
    but="ads events gaming groups hashtag help home.php login login.php marketplace messages photo photo.php reel"
    " search settings share share.php sharer sharer.php stories story.php watch",
)
_NETWORKS: Final = {
    SocialNetwork.INSTAGRAM: _Network(
        "Instagram",
        ("instagram.com", "m.instagram.com", "instagr.am"),
        _one_segment(
            r"[A-Za-z0-9_][A-Za-z0-9._]{0,29}",
            but="about accounts direct explore p reel reels s stories tv web",
        ),
        "https://instagram.com/name",
    ),
    SocialNetwork.YOUTUBE: _Network(
        "YouTube",
        ("youtube.com", "m.youtube.com", "music.youtube.com", "youtu.be"),
        _youtube,
        "https://youtube.com/@name",
    ),
    SocialNetwork.SOUNDCLOUD: _Network(
        "SoundCloud",
        ("soundcloud.com", "m.soundcloud.com"),
        _one_segment(
            r"[A-Za-z0-9_-]{3,25}",
            but="charts discover feed jobs messages pages pro search settings signin stations stream terms-of-use"
            " upload you",
        ),
        "https://soundcloud.com/name",
    ),
    SocialNetwork.SPOTIFY: _Network(
        "Spotify",
        ("open.spotify.com", "play.spotify.com"),
        _spotify,
        "https://open.spotify.com/artist/4tZwfgrHOc3mvqYlEYSvVi",
    ),
    SocialNetwork.TIKTOK: _Network(
        "TikTok",
        ("tiktok.com", "m.tiktok.com"),
        _one_segment(r"[A-Za-z0-9_][A-Za-z0-9._]{1,23}", before="@"),
        "https://tiktok.com/@name",
    ),
    SocialNetwork.X: _Network(
        "X",
        ("x.com", "twitter.com", "m.twitter.com", "mobile.twitter.com", "mobile.x.com"),
        _one_segment(
            r"[A-Za-z0-9_]{1,15}",
            but="compose explore hashtag home i intent jobs login messages notifications privacy search settings"
            " share signup tos",
        ),
        "https://x.com/name",
    ),
    SocialNetwork.FACEBOOK: _Network(
        "Facebook",
        ("facebook.com", "m.facebook.com", "web.facebook.com", "mbasic.facebook.com", "fb.com"),
        _facebook,
        "https://facebook.com/name",
    ),
    SocialNetwork.TWITCH: _Network(
        "Twitch",
        ("twitch.tv", "m.twitch.tv"),
        _one_segment(
            r"[A-Za-z0-9_]{3,25}",
            but="directory downloads jobs p search settings store subscriptions turbo videos",
        ),
        "https://twitch.tv/name",
    ),
}
