"""A demo's last months: subscribers who paid and listened, pools that were closed, a statement, and a producer who was paid.

Payments, set-up and payout are made at the Stripe sandbox as people make them; when the plans are begun, its clock stands
two months back, and comes forward past the bills that follow. What was listened to is entered (`history`), for nobody can
listen in the past; so is the closing of the earlier month, whose shares are the lines of last month's statement.
"""

import asyncio
import json
import os
import secrets
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import Any, Final, Self
from urllib.parse import urlencode, urlsplit

from api.demo.accounts import PRODUCER_2, STAFF
from api.earnings.statements import make_statements
from api.plays.ranking import rank_plays
from db.ids import AccountId, TrackId
from db.months import Month
from db.session import Sessions
from workers.demo.client import Client, OutOfPatience, Unanswered
from workers.demo.history import Listening, close_in_its_time, is_ours, listen, publish_earlier
from workers.demo.notices import remember_notices

_SIGN_UP: Final = "mutation($input: SignUpInput!) { signUp(input: $input) { token account { id } errors { message code } } }"
_PLANS: Final = "{ plans { id name } }"
_SUBSCRIBE: Final = "mutation($input: SubscribeToPlanInput!) { subscribeToPlan(input: $input) { checkoutUrl errors { message } } }"
_BILLS: Final = "{ me { plan { invoices { paidAt } } } }"
_CLOSE: Final = "mutation($input: ClosePeriodInput!) { closePeriod(input: $input) { poolRun { status } errors { message code } } }"
_RUNS: Final = "{ staff { poolRuns { period status } } }"
_SET_UP: Final = """mutation($input: StartPayoutOnboardingInput!) {
  startPayoutOnboarding(input: $input) { onboardingUrl errors { message } } }"""
_READY: Final = "mutation { refreshPayoutAccount { payoutAccount { ready } errors { message } } }"
_PAY_OUT: Final = "mutation($input: RequestPayoutInput!) { requestPayout(input: $input) { payout { id } errors { message } } }"
_SUBSCRIBERS: Final = (("Mara", "Classic"), ("Tom", "Plus"), ("Ines", "Pro"))
_PATIENCE_S: Final = 60
_TAKEN: Final = frozenset({200, 303})
_PAYDAY: Final = 12
"""Day of the month on which plans are paid."""
_EVENINGS: Final = 76
"""Of listening, from the beginning of the month before last; the last ones may be yet to come."""


@dataclass(frozen=True)
class Sandbox:
    """The Stripe sandbox of this installation.

    Attributes:
        key: Of the platform.
    """

    url: str
    key: str

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self | None:
        """Null where somebody has brought keys of Stripe."""
        if not environment.get("BEATPASS_SANDBOX_FILE"):
            return None
        return cls(environment["BEATPASS_STRIPE_API_URL"], environment["BEATPASS_STRIPE_SECRET_KEY"])

    @contextmanager
    def set_back(self, moment: datetime) -> Generator[None]:
        """Have its clock be there, and come back past everything that falls due on the way."""
        behind = int((datetime.now(UTC) - moment).total_seconds())
        self._control("/platform", ahead_seconds=-behind)
        try:
            yield
        finally:
            self._control("/clock", advance=behind)

    def _control(self, path: str, **given: Any) -> None:
        headers = {"authorization": f"Bearer {self.key}", "content-type": "application/json"}
        _post(f"{self.url}/_sandbox{path}", json.dumps(given).encode(), headers)


@dataclass(frozen=True)
class Subscriber:
    """Somebody who pays for a plan."""

    account: AccountId
    client: Client


def fill_with_money(url: str, sandbox: Sandbox, database_url: str, tracks: Sequence[str]) -> None:
    """Once: who has signed up before is not there again.

    Args:
        tracks: Ids of the beats that are listened to, the likelier ones first.
    """
    last = Month.of(datetime.now(UTC)).before
    with sandbox.set_back(last.before.begins_at + timedelta(days=_PAYDAY - 1, hours=9)):
        subscribers = [_subscriber(url, name, plan) for name, plan in _SUBSCRIBERS]
    _await(lambda: all(_has_paid(one.client, last) for one in subscribers))
    listeners, heard = [one.account for one in subscribers], [TrackId(track) for track in tracks]
    asyncio.run(_remember(database_url, listeners, heard, last.before))
    _close(url, last)
    _pay_out(Client(url, PRODUCER_2.token))


async def _remember(
    database_url: str, listeners: Sequence[AccountId], tracks: Sequence[TrackId], month: Month
) -> None:
    """Evenings from a month on, that month closed when it was over, and what follows of both."""
    first = month.begins_at + timedelta(hours=20)
    evenings = min(_EVENINGS, (datetime.now(UTC) - first).days)
    sessions = Sessions(database_url)
    try:
        await publish_earlier(sessions, tracks, month.begins_at)
        await listen(sessions, Listening(listeners, tracks, first, evenings))
        await rank_plays(sessions)
        await close_in_its_time(sessions, month)
        await make_statements(sessions, keep=is_ours)
        await remember_notices(sessions, tracks)
    finally:
        await sessions.close()


def _subscriber(url: str, name: str, plan: str) -> Subscriber:
    """Somebody new, whose first bill is paid and heard of."""
    email = f"{name}-{secrets.token_hex(4)}@beatpass.example".lower()
    signed = Client(url).do(
        _SIGN_UP, input={"email": email, "password": secrets.token_urlsafe(24), "displayName": name}
    )
    client = Client(url, signed["token"])
    plans = {one["name"]: one["id"] for one in client.ask(_PLANS)["plans"]}
    given = {"planId": plans[plan], "idempotencyKey": "demo"}
    _fill_in(client.do(_SUBSCRIBE, input=given)["checkoutUrl"], card="works")
    _await(lambda: _has_paid(client))
    return Subscriber(AccountId(signed["account"]["id"]), client)


def _has_paid(client: Client, month: Month | None = None) -> bool:
    """A bill; of this month, if one is named."""
    plan: Any = client.ask(_BILLS)["me"]["plan"]
    paid = [bill["paidAt"] for bill in plan["invoices"] if bill["paidAt"]] if plan else []
    return any(month is None or when.startswith(month.name) for when in paid)


def _close(url: str, month: Month) -> None:
    """By staff, as far as the books."""
    staff = Client(url, STAFF.token)
    staff.do(_CLOSE, input={"period": month.name, "idempotencyKey": "demo"})
    done = {"period": month.name, "status": "POSTED"}
    _await(lambda: done in staff.ask(_RUNS)["staff"]["poolRuns"])


def _pay_out(producer: Client) -> None:
    """Somebody whose set-up is done, and to whom everything is on its way."""
    given = {"country": "CA"}
    form = producer.do(_SET_UP, input=given)["onboardingUrl"]
    _fill_in(form, do="finish", outcome="complete", name="Kilo Wave")
    _await(lambda: producer.do(_READY)["payoutAccount"]["ready"])
    producer.do(_PAY_OUT, input={"currency": "CAD", "idempotencyKey": "demo"})


def _fill_in(form: str, **fields: str) -> None:
    """A hosted page, as a person does; where it leads from there is for a browser."""
    _post(form, urlencode(fields).encode(), {"content-type": "application/x-www-form-urlencoded"})


def _post(url: str, body: bytes, headers: Mapping[str, str]) -> None:
    """To the sandbox.

    Raises:
        Unanswered: It does not take it.
    """
    where = urlsplit(url)
    connection = HTTPConnection(where.netloc, timeout=_PATIENCE_S)
    try:
        connection.request("POST", where.path, body, dict(headers))
        if (status := connection.getresponse().status) not in _TAKEN:
            raise Unanswered(f"{where.path} of the sandbox: {status}")
    finally:
        connection.close()


def _await(come: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not come():
        if time.monotonic() > deadline:
            raise OutOfPatience("what was paid was not heard of")
        time.sleep(0.2)


def main(tracks: Sequence[str]) -> None:
    """As `./bp run` has it; where there is no sandbox, there is no such month."""
    sandbox = Sandbox.of(os.environ)
    if sandbox is not None:
        given = os.environ["BEATPASS_PUBLIC_URL"], sandbox, os.environ["BEATPASS_DATABASE_URL"]
        fill_with_money(*given, tracks)
