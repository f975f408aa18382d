"""The tools of the tests themselves: what they promise to every other test."""

from sqlalchemy import create_engine, text

from tests.tools.postgres import execute
from tests.tools.valkey import ask


def test_a_database_is_migrated_and_empty_for_every_test(database_url: str) -> None:
    engine = create_engine(database_url.replace("+aiosqlite", ""))
    with engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM job")).scalar() == 0
    engine.dispose()


def test_postgres_is_version_18(postgres_server: str) -> None:
    execute(
        postgres_server, "DO $$ BEGIN ASSERT current_setting('server_version_num')::int / 10000 = 18; END $$"
    )


def test_valkey_is_empty_for_every_test(valkey_url: str) -> None:
    assert ask(valkey_url, "DBSIZE") == 0
    ask(valkey_url, "SET", "left", "over")


def test_valkey_was_flushed_after_the_test_before(valkey_url: str) -> None:
    assert ask(valkey_url, "DBSIZE") == 0
