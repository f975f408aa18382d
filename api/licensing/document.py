"""The certificate of a licence as paper (D-46): everything that was granted, and how anybody can check it.

It is written of the licence alone, each time anew: the same bytes as long as the licence is as it is.
"""

import re
from datetime import UTC, datetime
from typing import Any, Final

from api.documents.parts import (
    Annex,
    Coded,
    Document,
    Fact,
    Facts,
    Numbered,
    Part,
    Parties,
    Party,
    Section,
    Title,
    Warning,
    Words,
)
from api.licensing.agreements import earlier
from api.licensing.rules import masked_email
from api.terms import LICENCE
from db.queries.licences import LicenceRow
from db.vocabulary import LicenceKind

_KINDS: Final = {
    LicenceKind.STANDARD: ("Standard licence", "a standard, non-exclusive licence"),
    LicenceKind.EXCLUSIVE: ("Exclusive licence", "an exclusive licence"),
}
_PERMISSIONS: Final = {
    "BROADCAST": "radio and television",
    "STREAMING": "streaming services",
    "FOR_PROFIT_PERFORMANCE": "concerts and shows that charge",
    "CONTENT_ID": "registration with Content ID and its like",
}
_CONTACT: Final = "contact@beatpass.ca"
_FILES: Final = {"WAV": "WAV as uploaded", "MP3_320": "MP3 at 320 kbit/s"}
_CLAUSE: Final = (
    "{licensor} (the Licensor) grants {licensee} (the Licensee) {kind} to the recording named above and the composition"
    " in it (the Work), on the terms and conditions below. The licence was granted through BeatPass on {date} and takes"
    " effect from then on. All rights that are not granted here stay with the Licensor."
)


def certificate_of(row: LicenceRow, *, verify_url: str) -> Document:
    """The document of a licence.

    Args:
        verify_url: Where the QR code leads.
    """
    name, kind = _KINDS[row.kind]
    return Document(
        title=f"Licence certificate: {row.work['title']}",
        kind="Licence certificate",
        foot=f"BeatPass licence certificate {row.number}",
        made_at=row.granted_at,
        parts=[
            Title(name, f"Certificate no. {row.number}  ·  issued {_day(row.granted_at)}"),
            *_revocation(row),
            Section("Parties"),
            Parties(_licensor(row), _licensee(row)),
            *_work(row),
            *_grant(row, kind),
            *_proof(row, verify_url),
            *_annex(row.terms["version"]),
        ],
    )


def _revocation(row: LicenceRow) -> list[Part]:
    if row.revoked_at is None:
        return []
    sentence = "It gives no right to use the Work any more. This paper records what had been granted."
    return [Warning(f"This licence was revoked on {_day(row.revoked_at)}", sentence)]


def _licensor(row: LicenceRow) -> Party:
    lines = (f"Producer, @{row.licensor['handle']} on BeatPass", f"Profile {row.producer_id}")
    return Party("Licensor", row.licensor["name"], lines)


def _licensee(row: LicenceRow) -> Party:
    """By a masked address: a certificate is shown to distributors and other strangers."""
    member = f"Member mem_{row.account_id.removeprefix('acc_')}"
    return Party("Licensee", row.licensee["name"], (f"E-mail {masked_email(row.licensee['email'])}", member))


def _work(row: LicenceRow) -> list[Part]:
    work = row.work
    sound = f"{_clock(work['duration_ms'])} · {work['bpm']} BPM · {work['key']}"
    facts = [
        Fact("Title", work["title"]),
        Fact("Artists", ", ".join(work["artists"])),
        Fact("Producers" if len(work["producers"]) > 1 else "Producer", ", ".join(work["producers"])),
        Fact("Recording", f"{sound} · track no. {row.track_id}"),
        Fact("Audio file", f"WAV, SHA-256 {row.audio_sha256}", small=True),
    ]
    return [Section("The Work"), Facts(facts)]


def _grant(row: LicenceRow, kind: str) -> list[Part]:
    parties = {"licensor": row.licensor["name"], "licensee": row.licensee["name"]}
    return [
        Section("Grant"),
        Words(_CLAUSE.format(**parties, kind=kind, date=_moment(row.granted_at))),
        Facts(_terms(row.terms)),
        Section("Conditions"),
        Numbered(row.terms["conditions"]),
    ]


def _terms(agreed: dict[str, Any]) -> list[Fact]:
    """Those that there are: a standard licence shares nothing, and names no permissions beyond its conditions."""
    rows = [Fact("Territory", agreed["territory"])]
    if agreed["permissions"]:
        rows.append(Fact("Permitted uses", ", ".join(_PERMISSIONS[one] for one in agreed["permissions"])))
    if agreed["producer_share_percent"] is not None:
        shares = f"{agreed['producer_share_percent']} % to the Licensor, {agreed['licensee_share_percent']} %"
        rows.append(Fact("Publishing", f"{shares} to the Licensee"))
    if agreed["royalty_percent"] is not None:
        income = "of the Licensee's income from the master recording, to the Licensor"
        rows.append(Fact("Royalty", f"{agreed['royalty_percent']} % {income}"))
    return [
        *rows,
        Fact("Credit", agreed["credit"]),
        Fact("Files delivered", ", ".join(_FILES[one] for one in agreed["delivered_files"])),
        Fact("Governing law", agreed["governing_law"]),
        *_of_the_agreement(agreed),
        Fact("Licence terms", f"BeatPass licence terms, version {agreed['version']}, annexed"),
    ]


def _of_the_agreement(agreed: dict[str, Any]) -> list[Fact]:
    """Of what was bought: a standard licence has no agreement of its own."""
    if "agreement_sha256" not in agreed:
        return []
    return [
        Fact("Earlier licences", earlier(agreed["standard_licences"])),
        Fact("Agreement", f"SHA-256 {agreed['agreement_sha256']}", small=True),
    ]


def _proof(row: LicenceRow, verify_url: str) -> list[Part]:
    sentences = (
        f"Whether this licence holds is shown to anybody, at any time, at {verify_url}",
        "The page names the parties, the Work and the terms, and says at once when a licence was revoked. Where this"
        " paper and the page differ, the page is right. An audio file is the licensed one if its SHA-256 is the one"
        " above.",
        f"Issued on {_moment(row.granted_at)} by BeatPass for the Licensor.",
    )
    facts = [
        Fact("Signature", f"HMAC-SHA256 {row.signature}", small=True),
        Fact("Questions", _CONTACT),
    ]
    return [Section("Verification"), Coded(verify_url, sentences), Facts(facts)]


def _annex(version: str) -> list[Part]:
    """The terms that the licence stands under, in full."""
    return [Annex(re.sub(r"^# ", "# Annex: ", LICENCE.accepted(version).markdown.strip()))]


def _clock(duration_ms: int) -> str:
    """Minutes and seconds: 2:05."""
    minutes, seconds = divmod(round(duration_ms / 1000), 60)
    return f"{minutes}:{seconds:02}"


def _day(moment: datetime) -> str:
    """Such as 5 November 2026."""
    day = moment.astimezone(UTC)
    return f"{day.day} {day:%B %Y}"


def _moment(moment: datetime) -> str:
    return f"{_day(moment)}, {moment.astimezone(UTC):%H:%M:%S} UTC"
