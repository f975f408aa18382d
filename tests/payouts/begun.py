"""Payouts as if somebody had asked for them, in as few words as a test needs."""

from typing import Any

from db.clock import now
from db.ids import PayoutAccountId, PayoutId, ProducerId, new_id
from db.models.payouts import Payout, PayoutAccount
from db.session import Sessions
from db.vocabulary import CurrencyCode, PayoutAccountStatus, PayoutStatus


async def a_payout_account(sessions: Sessions, of: ProducerId, **different: Any) -> PayoutAccountId:
    """One that is ready."""
    usual: dict[str, Any] = {
        "producer_id": of,
        "reference": new_id("acct"),
        "country": "CA",
        "status": PayoutAccountStatus.READY,
        "ready_at": now(),
        "checked_at": now(),
    }
    account = PayoutAccount(**(usual | different))
    async with sessions.writing() as session:
        session.add(account)
    return account.id


async def a_payout(sessions: Sessions, of: ProducerId, minor: int, **different: Any) -> PayoutId:
    """One that is being sent, in CAD, to an account of its own, unless it says otherwise."""
    account = different.pop("account_id", None) or await a_payout_account(sessions, of)
    async with sessions.writing() as session:
        row = await session.get_one(PayoutAccount, account)
        usual: dict[str, Any] = {
            "producer_id": of,
            "account_id": row.id,
            "destination": row.reference,
            "currency": CurrencyCode.CAD,
            "amount_minor": minor,
            "status": PayoutStatus.SENDING,
            "idempotency_key": new_id("key"),
            "account_ready": True,
            "begun_at": now(),
        }
        payout = Payout(**(usual | different))
        session.add(payout)
    return payout.id
