"""What a track is found by: text cut into words that are the same however they are typed. Standard library only.

A query's words are always among the words that its text is indexed by, so that a title finds itself. The index holds
more: `lo-fi` stands there as lo, fi and lofi, and a query that says any of the three finds it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from db.folding import folded
from db.vocabulary import GENRE_PARENTS, LabelKind, ProducerLabelKind

LONGEST_WORD: Final = 40
"""Longer ones are cut, in the index and in queries alike."""
MOST_WORDS: Final = 8
"""Of a query; those behind them are not looked at. Each is one more look-up for every hit of the rarest."""
LONGEST_QUERY: Final = 200
MOST_DESCRIBING_WORDS: Final = 100
"""Of a description: its beginning says what it is about, and 5,000 letters would outweigh all the rest of the index."""

IN_TITLE: Final = 16
IN_NAMES: Final = 8
"""Artists and producer."""
IN_LABELS: Final = 4
"""Tags, genres and moods."""
IN_DESCRIPTION: Final = 1
WHOLE_WORD: Final = 2
"""A word that is there as typed counts so many times as much as one that merely begins so."""
WHOLE_TITLE: Final = 64
"""Added where the query is the title."""

LONGEST_LABEL: Final = 100
_LONGEST_DESCRIPTION: Final = 2000
_MEANINGFUL_MARKS: Final = {0, 7, 8, 9}
"""Canonical classes of marks that change a letter (nukta, voiced kana, virama); the others are accents."""
_PLAIN_LETTERS: Final = str.maketrans(
    {
        "ø": "o",
        "æ": "ae",
        "œ": "oe",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ħ": "h",
        "\u0131": "i",
        "ŧ": "t",
    }
)
_APOSTROPHES: Final = frozenset("'`\u2018\u2019\u02bc\u02b9\u00b4\u2032")
_HYPHENS: Final = frozenset("-\u2010\u2011\u2012\u2013")
_SHARP: Final = re.compile(r"(?<!\w)([a-g])[#♯]")
_FLAT: Final = re.compile(r"(?<!\w)([a-g])♭")
_UNSPACED: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Myanmar, Khmer
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Scripts that put no space between words."""
_PICTURES: Final = "\u2600-\u266c\u2670-\u27bf\u2b50\U0001f300-\U0001faff"
"""Emoji, each a word of its own; sharps and flats are none."""
_PICTURE: Final = re.compile(f"[{_PICTURES}]")
_RUN: Final = re.compile(f"[{_UNSPACED}]+$")
_CHAIN: Final = re.compile(
    rf"[{_PICTURES}]|[{_UNSPACED}]+|[^\s\-{_UNSPACED}{_PICTURES}]+(?:-[^\s\-{_UNSPACED}{_PICTURES}]+)*"
)
_PARTS: Final = re.compile(r"\d+|\D+")
_PLURAL_NUMBER: Final = re.compile(r"(\d+)s$")
_CONNECTORS: Final = frozenset({"and", "n"})
"""`Drum & Bass`, `drum n bass` and `drum and bass` differ in these alone."""
_ONE_WORD: Final = {
    ("lo", "fi"): "lofi", ("hi", "fi"): "hifi", ("hip", "hop"): "hiphop", ("trip", "hop"): "triphop",
    ("r", "b"): "rnb", ("neo", "soul"): "neosoul", ("afro", "pop"): "afropop", ("afro", "beats"): "afrobeats",
    ("afro", "beat"): "afrobeat", ("boom", "bap"): "boombap", ("synth", "pop"): "synthpop",
}  # fmt: skip
"""Written apart, with a hyphen or as one word by different people, and the same to all of them."""


def query_words(text: str) -> list[str]:
    """The words to look for, in order; all must be there, and the last one may be unfinished."""
    return _sought(_chains(text))


def query_of(text: str) -> tuple[str, ...]:
    """The words of what somebody typed into a search box; empty where there is nothing to look for."""
    return tuple(query_words(text[:LONGEST_QUERY])[:MOST_WORDS])


def whole_title(title: str) -> str:
    """A title as one term, which no word looks like: it begins with a space."""
    return f" {' '.join(query_words(title)[:MOST_WORDS])}"[:LONGEST_WORD]


def search_terms(facts: Mapping[str, Any], producer: str) -> dict[str, int]:
    """Everything that a track is found by, each with the weight of the best place it stands in.

    Args:
        facts: Title, artists, genres, tags, moods and description, as stored.
        producer: Name of the uploader.
    """
    places: list[tuple[int, Iterable[str]]] = [
        (IN_DESCRIPTION, _described(facts["description"] or "")),
        (IN_LABELS, _indexed(word for _, _, word in labels_of(facts))),
        (IN_NAMES, _indexed([*facts["artists"], producer])),
        (IN_TITLE, _indexed([facts["title"]])),
    ]
    words = {word: weight for weight, found in places for word in found}
    return {whole_title(facts["title"]): WHOLE_TITLE, **words} if query_words(facts["title"]) else words


def labels_of(facts: Mapping[str, Any]) -> list[tuple[LabelKind, str, str]]:
    """What a track is filtered by: kind, folded, and as written; a genre brings its parent, so that a parent finds it."""
    genres = [
        *facts["genres"],
        *(parent for genre in facts["genres"] if (parent := GENRE_PARENTS.get(genre))),
    ]
    lists = ((LabelKind.GENRE, genres), (LabelKind.TAG, facts["tags"]), (LabelKind.MOOD, facts["moods"]))
    labels = {(kind, label_key(word)): word for kind, words in lists for word in reversed(words)}
    return [(kind, key, word) for (kind, key), word in labels.items()]


def label_key(label: str) -> str:
    """A genre, mood or tag as it is stored to be compared."""
    return folded(label)[:LONGEST_LABEL]


def words_of_name(*names: str) -> set[str]:
    """What a producer is found by, who has a name and a handle; or a collection, which has artists."""
    return set(_indexed(names))


def labels_of_producer(
    name: str, city: str | None, roles: Iterable[str]
) -> list[tuple[ProducerLabelKind, str]]:
    """What a profile is sorted and filtered by; the name is always there, for it gives the place in the directory."""
    texts = [(ProducerLabelKind.CITY, city or ""), *((ProducerLabelKind.ROLE, role) for role in roles)]
    found = {(kind, folded(text)[:LONGEST_LABEL]) for kind, text in texts}
    others = sorted((kind, label) for kind, label in found if label)
    return [(ProducerLabelKind.NAME, folded(name)[:LONGEST_LABEL]), *others]


def words_of_request(text: str, genre: str | None, tags: Sequence[str], moods: Sequence[str]) -> set[str]:
    """What a beat request is found by: its text, and its labels with the wider genre of its genre."""
    labels = labels_of({"genres": [genre] if genre else [], "tags": tags, "moods": moods})
    return {*_described(text), *_indexed(word for _, _, word in labels)}


def _indexed(texts: Iterable[str]) -> Iterator[str]:
    """Words of short texts, also each two neighbours as one: `X Ray` is found by `x-ray` and by `xray`."""
    for text in texts:
        chains = _chains(text)
        parts = [part for chain in chains for part in _parts(chain)]
        yield from (word[:LONGEST_WORD] for word in parts)
        yield from ((one + other)[:LONGEST_WORD] for one, other in pairwise(parts))
        yield from _both_ways(_sought(chains))


def _described(text: str) -> Iterator[str]:
    chains = _chains(text[:_LONGEST_DESCRIPTION])[:MOST_DESCRIBING_WORDS]
    yield from (part[:LONGEST_WORD] for chain in chains for part in _parts(chain))
    yield from _both_ways(_sought(chains))


def _sought(chains: Sequence[str]) -> list[str]:
    plain = [_without_plural(_joined(chain)) for chain in chains]
    words = [word for word in plain if word not in _CONNECTORS] or plain
    return [part[:LONGEST_WORD] for word in _compounds(words) for part in _looked_up(word)]


def _both_ways(words: Sequence[str]) -> Iterator[str]:
    """A word of numbers and letters also by its numbers: `140bpm` by 140."""
    for word in words:
        yield word
        yield from (part for part in _PARTS.findall(word) if part != word)


def _chains(text: str) -> list[str]:
    """Words in the order of the text, with the hyphens between them."""
    found: list[str] = _CHAIN.findall(_plain(text))
    return found


def _plain(text: str) -> str:
    """Letters, digits, emoji, hyphens and spaces: one case, one width, no accents, ligatures or apostrophes."""
    whole = text.lower() if text.isascii() else _bare(text)
    return _FLAT.sub(r"\1-flat ", _SHARP.sub(r"\1-sharp ", whole)).translate(_KEPT)


def _bare(text: str) -> str:
    letters = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(one for one in letters if unicodedata.combining(one) in _MEANINGFUL_MARKS)
    return unicodedata.normalize("NFKC", bare.translate(_PLAIN_LETTERS))


class _Kept(dict[int, str]):
    """A letter as it is, nothing for what joins, a space for what parts; each looked at once."""

    def __missing__(self, code: int) -> str:
        self[code] = kept = _kept(chr(code))
        return kept


def _kept(one: str) -> str:
    if one in _HYPHENS:
        return "-"
    kind = unicodedata.category(one)
    if one in _APOSTROPHES or kind in {"Cf", "Me"} or "\ufe00" <= one <= "\ufe0f":
        return ""
    return one if kind[0] in "LNM" or _PICTURE.match(one) else " "


_KEPT: Final = _Kept()


def _parts(chain: str) -> list[str]:
    """What a chain of hyphens holds; of scripts without spaces each letter."""
    return list(chain) if _RUN.match(chain) else chain.split("-")


def _joined(chain: str) -> str:
    return chain.replace("-", "")


def _without_plural(word: str) -> str:
    """`808s` is 808."""
    plural = _PLURAL_NUMBER.match(word)
    return plural.group(1) if plural else word


def _looked_up(word: str) -> list[str]:
    """The word; of scripts without spaces each two letters in a row."""
    if _RUN.match(word) and len(word) > 1:
        return ["".join(pair) for pair in pairwise(word)]
    return [word]


def _compounds(words: Sequence[str]) -> list[str]:
    made: list[str] = []
    for word in words:
        together = _ONE_WORD.get((made[-1], word)) if made else None
        if together:
            made[-1] = together
        else:
            made.append(word)
    return made
