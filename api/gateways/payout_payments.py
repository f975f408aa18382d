"""Paying producers: accounts of theirs at the provider, transfers into these, and on to their banks (MONEY 2).

Money of ours becomes an account's by a transfer, in the currency that it is owed in, out of our balance in that currency:
nothing is changed on our side. Where the account cannot hold that currency, the provider changes it on arrival; what is
sent on to the bank is what has arrived, as it stands in the account.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import stripe
from stripe import StripeClient
from stripe.params import PayoutCreateParams, TransferCreateParams
from stripe.params.v2.core import AccountCreateParams

from api.gateways.payment_answers import (
    NOT_THERE,
    SUBJECT,
    AccountGone,
    PaymentRefused,
    PaymentUnsure,
    id_of,
    moment_of,
    told_apart,
)
from api.gateways.payment_facts import EventFacts
from api.gateways.payout_facts import (
    AccountFacts,
    AccountOrder,
    Arrived,
    BankFacts,
    BankState,
    Capability,
    RequirementFacts,
    ReversalFacts,
    TransferFacts,
    TransferOrder,
)
from db.money import Amount
from db.vocabulary import CurrencyCode

_CAPABILITIES: Final = {
    "active": Capability.ACTIVE,
    "pending": Capability.PENDING,
    "restricted": Capability.RESTRICTED,
    "rejected": Capability.REFUSED,
    "unsupported": Capability.REFUSED,
}
"""Of an account, by the provider's word; a new word is nothing that money is sent upon."""
_BANK: Final = {"paid": BankState.ARRIVED, "failed": BankState.CAME_BACK, "canceled": BankState.CAME_BACK}
"""Of money on its way to a bank, by the provider's word; the others come before."""
_LATEST: Final = 100
_NOBODY: Final = AccountFacts(
    "", closed=True, filled_in=True, transfers=Capability.REFUSED, payouts=Capability.REFUSED, requirements=()
)


class PayoutPayments:
    """What payouts ask of the provider."""

    def __init__(self, client: StripeClient) -> None:
        self._v1 = client.v1
        self._v2 = client.v2

    # ---- accounts --------------------------------------------------------------------------------

    async def add_account(self, key: str, order: AccountOrder) -> str:
        """Make an account that can receive money and send it to a bank, once its owner has said who they are.

        The platform bears fees and losses; which currencies the account has is up to its country.
        """
        balance: Any = {"stripe_balance": {"stripe_transfers": {"requested": True}}}
        asked: AccountCreateParams = {
            "contact_email": order.email,
            "display_name": order.name,
            "dashboard": "express",
            "identity": {"country": order.country.lower()},
            "configuration": {"recipient": {"capabilities": balance}},
            "defaults": {
                "responsibilities": {"fees_collector": "application", "losses_collector": "application"}
            },
            "metadata": {SUBJECT: order.subject},
        }
        async with told_apart():
            made = await self._v2.core.accounts.create_async(asked, {"idempotency_key": key})
        return made.id

    async def pay_out_by_hand(self, key: str, account: str) -> None:
        """Have the provider send nothing to the bank by itself: what comes in is sent on by us, each payout as one."""
        async with told_apart():
            await self._v1.balance_settings.update_async(
                {"payments": {"payouts": {"schedule": {"interval": "manual"}}}},
                {"stripe_account": account, "idempotency_key": key},
            )

    async def form(self, account: str, *, back_url: str) -> str:
        """Address of the hosted form: identity, taxes, bank. Good once, and for some minutes."""
        inner: Any = {"refresh_url": back_url, "return_url": back_url}
        async with told_apart():
            made = await self._v2.core.account_links.create_async(
                {
                    "account": account,
                    "use_case": {"type": "account_onboarding", "account_onboarding": inner},
                }
            )
        return made.url

    async def account(self, reference: str) -> AccountFacts:
        """An account as it is; one that the provider does not know any more, or not as ours, is closed."""
        try:
            async with told_apart():
                found = await self._v2.core.accounts.retrieve_async(
                    reference, {"include": ["configuration.recipient", "identity", "requirements"]}
                )
        except AccountGone:
            return _NOBODY
        except PaymentRefused as refused:
            if refused.code != NOT_THERE:
                raise
            return _NOBODY
        return _account(found)

    async def close_account(self, key: str, reference: str) -> None:
        """Close an account for good.

        Raises:
            PaymentRefused: There is money in it.
        """
        async with told_apart():
            await self._v2.core.accounts.close_async(
                reference, {"applied_configurations": ["recipient"]}, {"idempotency_key": key}
            )

    async def events_since(self, moment: datetime) -> list[EventFacts]:
        """What has happened to accounts from a moment on, the newest first."""
        asked: Any = {"created": {"gte": moment.astimezone(UTC).isoformat()}, "limit": _LATEST}
        async with told_apart():
            found = await self._v2.core.events.list_async(asked)
            paging: Any = found.auto_paging_iter()
            every = [one async for one in paging]
        return [_event(one.to_dict()) for one in every]

    # ---- money -----------------------------------------------------------------------------------

    async def transfer(self, key: str, order: TransferOrder) -> str:
        """Have money of ours become an account's; answers what the provider calls it.

        Raises:
            PaymentRefused: The account cannot receive it, now or ever.
        """
        asked: TransferCreateParams = {
            "amount": order.amount.minor,
            "currency": order.amount.currency.lower(),
            "destination": order.destination,
            "transfer_group": _group(order.subject),
            "metadata": {SUBJECT: order.subject},
        }
        async with told_apart():
            made = await self._v1.transfers.create_async(asked, {"idempotency_key": key})
        return made.id

    async def transfer_for(self, subject: str) -> str | None:
        """The transfer that was made for a payout; null: none was."""
        async with told_apart():
            found = await self._v1.transfers.list_async({"transfer_group": _group(subject), "limit": _LATEST})
        return found.data[-1].id if found.data else None

    async def transfer_facts(self, reference: str) -> TransferFacts:
        async with told_apart():
            found = await self._v1.transfers.retrieve_async(reference)
        return TransferFacts(
            reference=found.id,
            destination=id_of(found.destination),
            amount=_amount(found.amount, found.currency),
            at=moment_of(found.created),
            payment=id_of(found.destination_payment),
        )

    async def arrived(self, transfer: TransferFacts) -> Arrived:
        """What a transfer came to in the account.

        Raises:
            AccountGone: Nobody can look into it.
            PaymentUnsure: Nothing has arrived yet.
        """
        async with told_apart():
            found = await self._v1.balance_transactions.list_async(
                {"source": transfer.payment, "type": "payment"}, {"stripe_account": transfer.destination}
            )
        if not found.data:
            raise PaymentUnsure("What has arrived in the account is not known yet.")
        [there] = found.data[:1]
        return Arrived(there.net, there.currency)

    async def reverse(self, key: str, transfer: str) -> str:
        """Have a whole transfer go back; answers what the provider calls that.

        Raises:
            PaymentRefused: It went back already.
        """
        async with told_apart():
            made = await self._v1.transfers.reversals.create_async(transfer, {}, {"idempotency_key": key})
        return made.id

    async def reversal_of(self, transfer: str) -> str | None:
        """What a transfer went back by; null: it did not."""
        async with told_apart():
            found = await self._v1.transfers.reversals.list_async(transfer, {"limit": _LATEST})
        return found.data[-1].id if found.data else None

    async def reversal_facts(self, transfer: str, reference: str) -> ReversalFacts:
        async with told_apart():
            found = await self._v1.transfers.reversals.retrieve_async(transfer, reference)
        return ReversalFacts(found.id, _amount(found.amount, found.currency), moment_of(found.created))

    async def send_on(self, key: str, account: str, subject: str, arrived: Arrived) -> str:
        """Have what has arrived in an account sent to its bank.

        Raises:
            PaymentRefused: The account may not be paid out.
        """
        asked: PayoutCreateParams = {
            "amount": arrived.minor,
            "currency": arrived.currency,
            "metadata": {SUBJECT: subject},
        }
        async with told_apart():
            made = await self._v1.payouts.create_async(
                asked, {"stripe_account": account, "idempotency_key": key}
            )
        return made.id

    async def sent_on(self, account: str, subject: str) -> str | None:
        """What a payout was sent to the bank by; null: it was not, as far as the latest of the account tell."""
        async with told_apart():
            found = await self._v1.payouts.list_async({"limit": _LATEST}, {"stripe_account": account})
        return next((one.id for one in found.data if _subject_of(one) == subject), None)

    async def bank_facts(self, account: str, reference: str) -> BankFacts:
        async with told_apart():
            found = await self._v1.payouts.retrieve_async(reference, {}, {"stripe_account": account})
        return BankFacts(
            reference=found.id,
            state=_BANK.get(found.status, BankState.UNDER_WAY),
            problem=found.failure_message or (f"It was {found.status}." if found.status in _BANK else ""),
            arrives_at=moment_of(found.arrival_date),
        )


def _group(subject: str) -> str:
    return f"payout:{subject}"


def _subject_of(found: stripe.Payout) -> str | None:
    return (found.metadata.to_dict() if found.metadata else {}).get(SUBJECT)


def _account(found: Any) -> AccountFacts:
    recipient = found.configuration.recipient if found.configuration else None
    able = recipient.capabilities.stripe_balance if recipient and recipient.capabilities else None
    identity = found.identity
    return AccountFacts(
        reference=found.id,
        closed=bool(found.closed),
        filled_in=bool(identity and (identity.individual or identity.business_details)),
        transfers=_capability(able.stripe_transfers if able else None),
        payouts=_capability(able.payouts if able else None),
        requirements=_requirements(found.requirements),
    )


def _capability(found: Any) -> Capability:
    return _CAPABILITIES.get(found.status, Capability.RESTRICTED) if found else Capability.RESTRICTED


def _requirements(found: Any) -> tuple[RequirementFacts, ...]:
    if found is None:
        return ()
    soonest = found.summary.minimum_deadline if found.summary else None
    entries: list[Any] = found.entries or []
    return tuple(_requirement(one, soonest) for one in entries)


def _requirement(entry: Any, soonest: Any) -> RequirementFacts:
    """The provider gives one date, that of what is due first."""
    status = entry.minimum_deadline.status
    time = soonest.time if soonest is not None and soonest.status == status else None
    return RequirementFacts(
        what=entry.description,
        problem=entry.errors[0].description if entry.errors else "",
        due_at=datetime.fromisoformat(time) if time else None,
        overdue=status == "past_due",
        by_owner=entry.awaiting_action_from == "user",
    )


def _event(said: Mapping[str, Any]) -> EventFacts:
    """An entry of the list of events about accounts."""
    of: Mapping[str, Any] = said.get("related_object") or {}
    happened_at = datetime.fromisoformat(said["created"])
    return EventFacts(str(said["id"]), str(said["type"]), str(of.get("id", "")), happened_at)


def _amount(minor: int, currency: str) -> Amount:
    """As it leaves our balance, or comes back to it.

    Raises:
        PaymentUnsure: In none of our currencies: a person has to look.
    """
    if currency.upper() not in set(CurrencyCode):
        raise PaymentUnsure(f"A transfer is in {currency}, and nothing of ours is.")
    return Amount(minor, CurrencyCode(currency.upper()))
