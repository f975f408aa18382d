"""D-32: how long the next scan has to wait."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.recon.rules import ScanLimits, next_day, why_not_scanned, why_not_yet
from db.clock import day_of
from db.vocabulary import TrackStatus

LIMITS = ScanLimits(timedelta(hours=1), 20)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- hypothesis adds the zone


@pytest.mark.parametrize(
    ("ago_s", "used", "code", "retry_at"),
    [
        (None, 19, None, None),
        (3600, 19, None, None),
        (3599, 0, "RECON_COOL_DOWN", NOON + timedelta(seconds=1)),
        (0, 20, "RECON_COOL_DOWN", NOON + timedelta(hours=1)),
        (None, 20, "RECON_DAILY_LIMIT", datetime(2026, 11, 24, tzinfo=UTC)),
        (3600, 25, "RECON_DAILY_LIMIT", datetime(2026, 11, 24, tzinfo=UTC)),
    ],
)
def test_the_next_scan_waits_for_the_hour_or_for_midnight(
    ago_s: int | None, used: int, code: str | None, retry_at: datetime | None
) -> None:
    last = None if ago_s is None else NOON - timedelta(seconds=ago_s)
    refused = why_not_yet(LIMITS, moment=NOON, last=last, used_today=used)
    assert (refused and refused.code, refused and refused.retry_at) == (code, retry_at)


@given(MOMENTS)
def test_a_day_is_utcs_and_holds_its_moments(moment: datetime) -> None:
    assert day_of(moment) <= moment < next_day(moment)
    assert next_day(moment) - day_of(moment) == timedelta(days=1)
    assert day_of(moment.astimezone(timezone(timedelta(hours=-9)))) == day_of(moment)


@pytest.mark.parametrize("status", sorted(TrackStatus))
@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("credited", [True, False])
def test_only_who_is_credited_scans_and_only_what_has_a_fingerprint(
    status: TrackStatus, own: bool, credited: bool
) -> None:
    refused = why_not_scanned(status, own=own, credited=credited)
    settled = status in {TrackStatus.PUBLISHED, TrackStatus.HIDDEN, TrackStatus.SOLD}
    assert (refused is None) is (credited and settled)
