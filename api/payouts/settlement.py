"""Bringing a payout as far as it goes: out of the balance, into the account, to the bank, or back (MONEY 1.5, 4).

A loop of steps, whoever runs it, a request's job, an event's or relay's: look how far it is, ask the provider outside of
any transaction for what comes next, keep what it answers. Every call is kept with its key before it is made, so wherever a
worker dies, another goes on, and nothing is sent twice.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from api.gateways.payment_answers import AccountGone, PaymentRefused
from api.gateways.payout_facts import Arrived, TransferOrder
from api.payments.calls import Intent, carry_out
from api.payouts import steps
from api.payouts.learning import learn_of_account
from api.payouts.till import PayoutTill
from db.ids import PayoutId
from db.money import Amount
from db.queries import payments
from db.queries import payouts as queries
from db.queries.payouts import PayoutRow
from db.vocabulary import PaymentCallKind, PayoutStatus

_TRIES: Final = 12
"""Of looking again: the whole way has five steps."""


class PayoutUnsettledError(RuntimeError):
    """Others wrote again and again; the job comes back."""


async def settle_payout(till: PayoutTill, payout: PayoutId) -> None:
    """Do all that can be done for a payout now; again changes nothing.

    Raises:
        PaymentRefused: The provider will not do what has to be done: a person must look.
        PaymentUnsure: It does not answer, or cannot do it yet.
        PayoutDiffers: It has something else under our name: a person must look.
        PayoutUnsettledError, PayoutAccountUnsettledError: It has to be tried again.
    """
    for _ in range(_TRIES):
        async with till.sessions.reading() as session:
            found = await queries.payouts(session, [payout])
        if not found or not await _NEXT[found[0].status](till, found[0]):
            return
    raise PayoutUnsettledError(payout)


# ---- steps: each answers whether to look again ---------------------------------------------------


async def _begin(till: PayoutTill, row: PayoutRow) -> bool:
    """The provider is asked first whether the account is ready: nothing leaves the balance on old news."""
    await learn_of_account(till, row.account_id)
    async with till.sessions.writing() as session:
        return await steps.begin(session, till.terms, row.id)


async def _transfer(till: PayoutTill, row: PayoutRow) -> bool:
    gateway = till.payments.payouts
    order = TransferOrder(row.id, row.destination, Amount(row.amount_minor, row.currency))
    intent = Intent(PaymentCallKind.TRANSFER, row.id, final=True)
    try:
        reference = await carry_out(
            till.sessions,
            intent,
            lambda key: gateway.transfer(key, order),
            lambda: gateway.transfer_for(row.id),
        )
    except PaymentRefused as refused:
        async with till.sessions.writing() as session:
            await steps.rejected(session, till.terms, row, refused.message)
        return False
    facts = await gateway.transfer_facts(reference)
    async with till.sessions.writing() as session:
        await steps.sent(session, row, facts)
    return True


async def _send_on(till: PayoutTill, row: PayoutRow) -> bool:
    gateway = till.payments.payouts
    try:
        reference = row.bank_reference or await _sent_on(till, row)
    except PaymentRefused as refused:
        async with till.sessions.writing() as session:
            await steps.failed(session, till.terms, row, refused.message)
        return True
    facts = await gateway.bank_facts(row.destination, reference)
    async with till.sessions.writing() as session:
        return await steps.seen_at_bank(session, till.terms, row, facts)


async def _sent_on(till: PayoutTill, row: PayoutRow) -> str:
    """What has arrived in the account goes to its bank, in whatever currency it stands there."""
    gateway = till.payments.payouts
    arrived = await _arrived(till, row)
    return await carry_out(
        till.sessions,
        Intent(PaymentCallKind.PAY_OUT, row.id, final=True),
        lambda key: gateway.send_on(key, row.destination, row.id, arrived),
        lambda: gateway.sent_on(row.destination, row.id),
    )


async def _arrived(till: PayoutTill, row: PayoutRow) -> Arrived:
    """Of an account that is gone, what stands in it goes nowhere: unless it was asked to, and nobody can see whether it did."""
    gateway = till.payments.payouts
    transfer = await gateway.transfer_facts(row.transfer_reference or "")
    try:
        return await gateway.arrived(transfer)
    except AccountGone as gone:
        async with till.sessions.reading() as session:
            if await payments.last_call(session, PaymentCallKind.PAY_OUT, row.id):
                raise
        raise PaymentRefused("account_gone", "Your payout account is closed.") from gone


async def _look_again(till: PayoutTill, row: PayoutRow) -> bool:
    """It had arrived; a bank may send it back all the same, where the account is there to take it."""
    try:
        facts = await till.payments.payouts.bank_facts(row.destination, row.bank_reference or "")
    except AccountGone:
        return False
    async with till.sessions.writing() as session:
        return await steps.seen_at_bank(session, till.terms, row, facts)


async def _take_back(till: PayoutTill, row: PayoutRow) -> bool:
    """The whole transfer, once."""
    if row.returned_at is not None:
        return False
    gateway, transfer = till.payments.payouts, row.transfer_reference or ""

    async def find() -> str | None:
        return await gateway.reversal_of(transfer)

    try:
        reference = await carry_out(
            till.sessions,
            Intent(PaymentCallKind.REVERSE_TRANSFER, row.id),
            lambda key: gateway.reverse(key, transfer),
            find,
        )
    except PaymentRefused:
        by_hand = await find()  # somebody did it at the provider's desk
        if by_hand is None:
            raise
        reference = by_hand
    facts = await gateway.reversal_facts(transfer, reference)
    async with till.sessions.writing() as session:
        await steps.returned(session, row, facts)
    return False


async def _nothing(till: PayoutTill, row: PayoutRow) -> bool:
    """It has come to its end."""
    return False


_NEXT: Final[Mapping[PayoutStatus, Callable[[PayoutTill, PayoutRow], Awaitable[bool]]]] = {
    PayoutStatus.REQUESTED: _begin,
    PayoutStatus.HELD: _begin,
    PayoutStatus.SENDING: _transfer,
    PayoutStatus.SENT: _send_on,
    PayoutStatus.SETTLED: _look_again,
    PayoutStatus.FAILED: _take_back,
    PayoutStatus.REJECTED: _nothing,
}
"""What is to be done for a payout, by how far it is."""
