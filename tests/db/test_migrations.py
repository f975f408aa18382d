"""Upgrading an empty database gives what the models say, on both engines."""

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, MetaData, Table, create_engine, inspect
from sqlalchemy.pool import NullPool

from db.migrate import configuration, upgrade
from db.models.all import METADATA
from db.searching import IN_NAMES, IN_TITLE
from tests.tools import postgres


def differences(connection: Connection) -> Any:
    return compare_metadata(MigrationContext.configure(connection), METADATA)


def connect(url: str) -> Connection:
    return create_engine(url.replace("+aiosqlite", ""), poolclass=NullPool).connect()


def test_the_migrated_database_is_what_the_models_say(database_url: str) -> None:
    with connect(database_url) as connection:
        assert differences(connection) == []


def test_every_check_of_the_models_is_in_the_database(database_url: str) -> None:
    with connect(database_url) as connection:
        for table in METADATA.sorted_tables:
            checks = [one for one in table.constraints if isinstance(one, CheckConstraint)]
            meant = {str(one.name) for one in checks}
            found = {str(one["name"]) for one in inspect(connection).get_check_constraints(table.name)}
            assert (table.name, found) == (table.name, meant)


def test_every_check_of_words_has_the_words_of_its_vocabulary(database_url: str) -> None:
    with connect(database_url) as connection:
        for table in METADATA.sorted_tables:
            checks = [one for one in table.constraints if isinstance(one, CheckConstraint)]
            meant = {str(one.name): words_in(str(one.sqltext)) for one in checks if is_of_words(one.name)}
            found = inspect(connection).get_check_constraints(table.name)
            there = {str(one["name"]): words_in(one["sqltext"]) for one in found if is_of_words(one["name"])}
            assert (table.name, there) == (table.name, meant)


def is_of_words(name: object) -> bool:
    return str(name).endswith("_known")


def words_in(check: str) -> set[str]:
    """The quoted words of a CHECK, however an engine writes it."""
    return set(re.findall(r"'([A-Z0-9_]+)'", check))


def test_a_word_that_a_check_lacks_is_found_out() -> None:
    on_postgres = (
        "((kind)::text = ANY ((ARRAY['SWEEP'::character varying, 'SCAN'::character varying])::text[]))"
    )
    assert words_in("kind IN ('SWEEP', 'SCAN')") == words_in(on_postgres) == {"SWEEP", "SCAN"}


@pytest.fixture
def first_release(database_engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database as 0001 left it."""
    if database_engine == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path / 'first.db'}"
        command.upgrade(configuration(url), "0001")
        yield url
        return
    server: str = request.getfixturevalue("postgres_server")
    with postgres.database(server, f"first_{uuid.uuid4().hex[:8]}") as url:
        command.upgrade(configuration(url), "0001")
        yield url


class Release:
    """A database whose models are no more: its tables as it says they are."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._tables = MetaData()
        self._tables.reflect(connection)

    def table(self, name: str) -> Table:
        return self._tables.tables[name]

    def add(self, table: str, **columns: Any) -> None:
        self._connection.execute(self._tables.tables[table].insert().values(**columns))

    def rows(self, table: str) -> list[dict[str, Any]]:
        found = self._connection.execute(self._tables.tables[table].select())
        return [dict(row) for row in found.mappings()]


_MOMENT = datetime(2026, 11, 1, 12, tzinfo=UTC)
_SEGMENT = {
    "query_start_ms": 0,
    "query_end_ms": 9000,
    "reference_start_ms": 3000,
    "reference_end_ms": 12_000,
    "similarity": 0.97,
}
_TURNED = _SEGMENT | {
    "query_start_ms": 3000,
    "query_end_ms": 12_000,
    "reference_start_ms": 0,
    "reference_end_ms": 9000,
}


def track_id(name: str) -> str:
    """An id that sorts and counts as one that was made."""
    return f"trk_{('01k' + name).ljust(26, '0')}"


def add_track(release: Release, name: str, title: str, status: str) -> None:
    """A track with all that it needs, each thing named after it."""
    release.add(
        "account", id=f"acc_{name}", email=name, email_key=name, password_hash="x", display_name=name,
        created_at=_MOMENT,
    )  # fmt: skip
    release.add(
        "producer", id=f"pro_{name}", account_id=f"acc_{name}", handle=name, handle_key=name,
        name=name.title(), created_at=_MOMENT,
    )  # fmt: skip
    release.add(
        "upload", id=f"upl_{name}", account_id=f"acc_{name}", purpose="TRACK_AUDIO", filename="beat.wav",
        byte_size=9, received_bytes=9, status="COMPLETED", created_at=_MOMENT, expires_at=_MOMENT,
    )  # fmt: skip
    release.add(
        "track", id=track_id(name), producer_id=f"pro_{name}", upload_id=f"upl_{name}", slug=name, title=title,
        title_key=title.lower(), artists=[name.title()], bpm=140, pitch_class=0, scale="MINOR", genres=[],
        tags=[], moods=[], cover_preset_id="cvr_x", status=status, duration_ms=20_000, audio_sha256=name,
        audio_byte_size=9, preview_ready=False, licensing_model="STANDARD", input_sha256=name,
        created_at=_MOMENT,
    )  # fmt: skip
    release.add(
        "fingerprint", id=f"fpr_{name}", track_id=track_id(name), status="VERIFIED_UNIQUE", sha256=name,
        fingerprinted_at=_MOMENT, checked_at=_MOMENT,
    )  # fmt: skip


def add_similarity(release: Release, name: str, reference: str) -> None:
    """That a copy was blocked."""
    release.add(
        "similarity", id=f"sim_{reference}", track_id=track_id(name), reference_track_id=track_id(reference),
        reference_title="Original", reference_artists=["Nova"], reference_producer_name="Nova",
        reference_fingerprinted_at=_MOMENT, blocks=True, match_class="PARTIAL", relation="SAME_RECORDING",
        similarity=0.97, query_coverage=1.0, reference_coverage=0.85, speed_ratio=1.25,
        pitch_shift_semitones=2.0, segments=[_SEGMENT], model="m", first_seen_at=_MOMENT,
    )  # fmt: skip


def test_what_was_found_alike_becomes_a_match_of_both_sides_or_of_the_one_that_is_left(
    first_release: str,
) -> None:
    with connect(first_release) as connection:
        before = Release(connection)
        add_track(before, "nova", "Original", "PUBLISHED")
        add_track(before, "kilo", "Copy", "DUPLICATE")
        add_similarity(before, "kilo", "nova")
        add_similarity(before, "kilo", "gone")
        connection.commit()
    upgrade(first_release)
    with connect(first_release) as connection:
        assert differences(connection) == []
        after = {
            (row["track_id"], row["other_track_id"]): row for row in Release(connection).rows("recon_match")
        }
    kilo, nova, gone = (track_id(name) for name in ("kilo", "nova", "gone"))
    assert set(after) == {(kilo, nova), (nova, kilo), (kilo, gone)}
    copy, original = after[kilo, nova], after[nova, kilo]
    assert (copy["id"], copy["blocks"], copy["other_title"], copy["other_artists"]) == (
        "mat_nova",
        True,
        "Original",
        ["Nova"],
    )
    assert (original["blocks"], original["other_title"], original["other_producer_name"]) == (
        False,
        "Copy",
        "Kilo",
    )
    measures = ("query_coverage", "reference_coverage", "speed_ratio", "pitch_shift_semitones", "segments")
    assert [copy[name] for name in measures] == [1.0, 0.85, 1.25, 2.0, [_SEGMENT]]
    assert [original[name] for name in measures] == [0.85, 1.0, 0.8, -2.0, [_TURNED]]
    for row in after.values():
        assert (row["similarity"], row["match_class"], row["triage"], row["cleared"]) == (
            0.97,
            "PARTIAL",
            "NEW",
            False,
        )


def test_upgrading_again_changes_nothing(database_url: str) -> None:
    upgrade(database_url)
    with connect(database_url) as connection:
        assert differences(connection) == []


def test_a_database_that_lacks_a_table_is_found_out(database_url: str) -> None:
    with connect(database_url) as connection:
        connection.exec_driver_sql("DROP TABLE posting")
        assert [change[0] for change in differences(connection)] != []


@pytest.mark.parametrize("name", ["a name with spaces", "ümlaut"])
def test_a_database_may_stand_in_any_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    url = f"sqlite+aiosqlite:///{tmp_path / name / 'beatpass.db'}"
    upgrade(url)
    with connect(url) as connection:
        assert differences(connection) == []


def test_a_track_that_was_complete_before_that_was_noted_is_noted_as_such(first_release: str) -> None:
    described: dict[str, Any] = {"description": "Text", "tags": ["808"]}
    tracks: dict[str, dict[str, Any]] = {"full": described, "untagged": described | {"tags": []}, "bare": {}}
    with connect(first_release) as connection:
        for name, columns in tracks.items():
            add_track(Release(connection), name, "Night Drive", "PUBLISHED")
            if columns:
                table = Release(connection).table("track")
                chosen = table.update().where(table.c.id == track_id(name))
                connection.execute(chosen.values(**columns))
        connection.commit()
    upgrade(first_release)
    with connect(first_release) as connection:
        rows = Release(connection).rows("track")
    assert [row["slug"] for row in rows if row["metadata_completed_at"]] == ["full"]


def test_tracks_and_producers_from_before_search_are_found_by_their_words(first_release: str) -> None:
    with connect(first_release) as connection:
        add_track(Release(connection), "nova", "Night Drive", "PUBLISHED")
        connection.commit()
    upgrade(first_release)
    with connect(first_release) as connection:
        release = Release(connection)
        terms = {row["term"]: (row["weight"], row["status"]) for row in release.rows("search_term")}
        named = {(row["term"], row["producer_id"]) for row in release.rows("producer_term")}
    assert terms["night"] == terms["drive"] == (IN_TITLE, "PUBLISHED")
    assert terms["nova"] == (IN_NAMES, "PUBLISHED")
    assert named == {("nova", "pro_nova")}


def test_producers_from_before_the_directory_are_sorted_and_filtered_by_what_their_profiles_say(
    first_release: str,
) -> None:
    command.upgrade(configuration(first_release), "0016")
    usual = {"xp": 0, "created_at": _MOMENT}
    with connect(first_release) as connection:
        here = Release(connection)
        told = {"city": "São Paulo", "roles": ["Producer", "producer", "Mixing Engineer"]}
        here.add("producer", id="pro_1", handle="nova", handle_key="nova", name="Nóva Keys", **told, **usual)
        here.add("producer", id="pro_2", handle="kilo", handle_key="kilo", name="Kilo", roles=[], **usual)
        connection.commit()
    upgrade(first_release)
    with connect(first_release) as connection:
        rows = Release(connection).rows("producer_label")
    assert sorted((row["producer_id"], row["kind"], row["folded"]) for row in rows) == [
        ("pro_1", "CITY", "sao paulo"),
        ("pro_1", "NAME", "nova keys"),
        ("pro_1", "ROLE", "mixing engineer"),
        ("pro_1", "ROLE", "producer"),
        ("pro_2", "NAME", "kilo"),
    ]


def test_credit_notes_from_before_there_were_parts_are_of_the_whole(first_release: str) -> None:
    with connect(first_release) as connection:
        add_track(Release(connection), "nova", "Night Drive", "PUBLISHED")
        connection.commit()
    command.upgrade(configuration(first_release), "0022")
    with connect(first_release) as connection:
        here = Release(connection)
        agreed: dict[str, Any] = {
            "offer": {},
            "agreement": {},
            "grant": {},
            "agreement_sha256": "x",
            "audio_sha256": "nova",
        }
        here.add(
            "purchase", id="pur_1", account_id="acc_nova", producer_id="pro_nova", track_id=track_id("nova"),
            upload_id="upl_nova", status="REFUNDED", idempotency_key="1", input_sha256="x", return_path="/",
            price_minor=29_900, fee_minor=3888, tax_minor=4392, currency="USD", standard_licences=0,
            payment_reference="pi_1", version=0, expires_at=_MOMENT, created_at=_MOMENT, completed_at=_MOMENT,
            ended_at=_MOMENT, **agreed,
        )  # fmt: skip
        for number, kind in enumerate(("RECEIPT", "CREDIT_NOTE"), 1):
            here.add(
                "receipt", id=f"rct_{number}", kind=kind, purchase_id="pur_1", year=2026, number=number,
                seller={}, issued_at=_MOMENT,
            )  # fmt: skip
        connection.commit()
    upgrade(first_release)
    with connect(first_release) as connection:
        assert differences(connection) == []
        [row] = Release(connection).rows("credit_note")
    del row["happened_at"]
    assert row == {
        "receipt_id": "rct_2", "purchase_id": "pur_1", "cause": "REFUND", "reference": "pi_1",
        "price_minor": 29_900, "fee_minor": 3888, "tax_minor": 4392,
    }  # fmt: skip


def test_tickets_from_before_they_proved_themselves_are_proved_by_what_came_through_their_own_link(
    first_release: str,
) -> None:
    command.upgrade(configuration(first_release), "0023")
    usual: dict[str, Any] = {"subject": "x", "status": "OPEN", "respond_by": _MOMENT, "opened_at": _MOMENT}
    with connect(first_release) as connection:
        here = Release(connection)
        here.add(
            "account", id="acc_1", email="a", email_key="a", password_hash="x", display_name="A", created_at=_MOMENT
        )  # fmt: skip
        here.add(
            "support_contact", id="spc_1", email="Vera@x.test", email_key="vera@x.test", proved_at=_MOMENT,
            created_at=_MOMENT,
        )  # fmt: skip
        for ticket, owner, messages in (
            ("tkt_1", {"contact_id": "spc_1", "line": 1}, (False, True, False)),
            ("tkt_2", {"contact_id": "spc_1", "line": 1}, (False, True)),
            ("tkt_3", {"account_id": "acc_1", "line": 0}, (False, False)),
        ):
            here.add("support_ticket", id=ticket, messages=len(messages), link_number=1, **owner, **usual)
            for number, from_staff in enumerate(messages, 1):
                here.add(
                    "ticket_message", id=f"tmg_{ticket}{number}", ticket_id=ticket, number=number, text="x",
                    from_staff=from_staff, sent_at=_MOMENT + timedelta(hours=number),
                )  # fmt: skip
        connection.commit()
    upgrade(first_release)
    with connect(first_release) as connection:
        assert differences(connection) == []
        rows = {row["id"]: row for row in Release(connection).rows("support_ticket")}
        proved = {name: row["proved_at"] is not None for name, row in rows.items()}
    assert [(row["line"], row["email"]) for _, row in sorted(rows.items())] == [
        (1, "Vera@x.test"),
        (2, "Vera@x.test"),
        (0, None),
    ]
    assert proved == {"tkt_1": True, "tkt_2": False, "tkt_3": False}
    third = "SELECT sent_at FROM ticket_message WHERE id = 'tmg_tkt_13'"
    with connect(first_release) as connection:
        proved_at = connection.exec_driver_sql("SELECT proved_at FROM support_ticket WHERE id = 'tkt_1'")
        assert proved_at.scalar_one() == connection.exec_driver_sql(third).scalar_one()
