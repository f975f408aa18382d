"""The agreement of a licence, as a text: the same facts make the same letters, and its hash names them. Pure."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

from api.catalog.offers import EXCLUSIVE_CONDITIONS, STANDARD_CONDITIONS, TermsOfOffer
from api.documents.markdown import plain
from api.terms import LICENCE
from db.money import Amount
from db.vocabulary import AudioFormat, CurrencyCode, LicencePermission

_USES: Final = {
    LicencePermission.BROADCAST: "Broadcast on radio and television",
    LicencePermission.STREAMING: "Streaming services",
    LicencePermission.FOR_PROFIT_PERFORMANCE: "Performance for profit",
    LicencePermission.CONTENT_ID: "Registration with Content ID and its like",
}
_FILES: Final = {AudioFormat.WAV: "WAV as uploaded", AudioFormat.MP3_320: "MP3 of 320 kbit/s"}
_NOBODY_YET: Final = "Whoever completes the purchase"
_GRANT: Final = """## 1 Grant

The producer grants the licensee the exclusive licence to the work, as the particulars above and the licence terms in the annex
say. What the particulars say goes before the annex. From the day of the grant on, the producer grants nobody else a licence
to the work.

## 2 Price, publishing and royalty

The licensee pays the price above once; it goes to the producer whole. Publishing and royalty are shared as said above, and
stated and paid as the annex says. BeatPass adds its own fee to the purchase, which is no part of this agreement.

## 3 Conditions

{conditions}

## 4 How it comes into force

This agreement comes into force when the payment is complete, and in no other way. Date, parties and a hash of the recording
stand in the certificate of the licence, under whose number anybody can check it. Neither side signs by hand: the producer has
agreed by the offer, the licensee agrees by the purchase.
"""
_STANDARD: Final = """## 1 Grant

The producer grants the licensee the standard licence to the work, as the particulars above and the licence terms in the annex
say. It is not exclusive.

## 2 Conditions

{conditions}

## 3 How it comes into force

This agreement comes into force when the licensee downloads the track under a plan that includes downloads. Date, parties and
a hash of the recording stand in the certificate of the licence, under whose number anybody can check it.
"""


@dataclass(frozen=True)
class AgreementFacts:
    """All that an agreement says which another one does not.

    Attributes:
        licensee: Null: nobody yet.
        terms_version: Of the licence terms that it stands on.
        exclusive: Terms of an exclusive licence, as far as they differ from the defaults; null: a standard licence.
        price_minor: Null: agreed between the two, or covered by a plan.
        standard_licences: How many were granted before an exclusive one, and stay valid.
    """

    title: str
    artists: Sequence[str]
    audio_sha256: str
    producer: str
    licensee: str | None
    terms_version: str
    exclusive: Mapping[str, Any] | None = None
    price_minor: int | None = None
    currency: str | None = None
    standard_licences: int | None = None

    @classmethod
    def read(cls, facts: Mapping[str, Any]) -> Self:
        """From what `written` made."""
        return cls(**facts)

    @property
    def written(self) -> dict[str, Any]:
        """As JSON knows it."""
        return asdict(self)

    @property
    def name(self) -> str:
        kind = "standard" if self.exclusive is None else "exclusive"
        return f"{self.title}: {kind} licence"


def agreement_text(facts: AgreementFacts) -> str:
    """The agreement in Markdown, with its licence terms as an annex."""
    standard = facts.exclusive is None
    conditions = STANDARD_CONDITIONS if standard else EXCLUSIVE_CONDITIONS
    body = (_STANDARD if standard else _GRANT).format(conditions=_listed(conditions))
    title = f"# {'Standard' if standard else 'Exclusive'} licence agreement"
    parties = "Between the producer and the licensee named here, about the work named here."
    return (
        "\n\n".join(
            (title, parties, _table(_particulars(facts)), body.strip(), "---", _annex(facts.terms_version))
        )
        + "\n"
    )


def sha256_of(text: str) -> str:
    """Names a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _particulars(facts: AgreementFacts) -> list[tuple[str, str]]:
    return [
        ("Work", f"“{facts.title}”"),
        ("Artists", ", ".join(facts.artists)),
        ("Recording, SHA-256", facts.audio_sha256),
        ("Producer", facts.producer),
        ("Licensee", facts.licensee or _NOBODY_YET),
        *(_of_a_standard_licence() if facts.exclusive is None else _of_an_exclusive(facts, facts.exclusive)),
        ("Licence terms", f"BeatPass, version {facts.terms_version}; see the annex"),
    ]


def _of_a_standard_licence() -> list[tuple[str, str]]:
    defaults = TermsOfOffer()
    return [
        ("Price", "Covered by the licensee's plan"),
        ("Scope", "One project, up to 50 attendees at a live performance"),
        ("Territory", defaults.territory),
        ("Term", "Perpetual"),
        ("Governing law", defaults.governing_law),
        ("Files", ", ".join(_FILES.values())),
    ]


def _of_an_exclusive(facts: AgreementFacts, changes: Mapping[str, Any]) -> list[tuple[str, str]]:
    agreed = TermsOfOffer.stored(changes)
    withheld = [use for use in LicencePermission if use not in agreed.permissions]
    return [
        ("Price", _price(facts)),
        (
            "Publishing",
            f"{agreed.producer_share_percent} % producer, {agreed.licensee_share_percent} % licensee",
        ),
        ("Royalty", f"{agreed.royalty_percent} % of net income, to the producer"),
        ("Territory", agreed.territory),
        ("Term", "Perpetual"),
        ("Governing law", agreed.governing_law),
        ("Permitted uses", _uses(agreed.permissions)),
        *([("Not permitted", _uses(withheld))] if withheld else []),
        ("Files", ", ".join(_FILES[one] for one in agreed.delivered_files) or "None"),
        ("Earlier licences", earlier(facts.standard_licences or 0)),
    ]


def earlier(count: int) -> str:
    """How many standard licences stay beside an exclusive one, in words."""
    if not count:
        return "None"
    return (
        "1 standard licence, which stays valid"
        if count == 1
        else f"{count} standard licences, which stay valid"
    )


def _price(facts: AgreementFacts) -> str:
    if facts.price_minor is None or facts.currency is None:
        return "As the two agree"
    return str(Amount(facts.price_minor, CurrencyCode(facts.currency)))


def _uses(permissions: Sequence[LicencePermission]) -> str:
    return "; ".join(_USES[use] for use in permissions) or "None of those that can be granted"


def _table(rows: Sequence[tuple[str, str]]) -> str:
    return "\n".join(("| | |", "|---|---|", *(f"| {plain(name)} | {plain(value)} |" for name, value in rows)))


def _listed(sentences: Sequence[str]) -> str:
    return "\n".join(f"- {sentence}" for sentence in sentences)


def _annex(version: str) -> str:
    """The licence terms, a level below."""
    lower = re.sub(r"^#", "##", LICENCE.accepted(version).markdown.strip(), flags=re.MULTILINE)
    return lower.replace("## ", "## Annex: ", 1)
