"""Setting payouts up: an account at the payment provider, and the hosted form that its owner fills in (D-55)."""

from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.gateways.payout_facts import AccountOrder
from api.payments.calls import Intent, carry_out
from api.payments.till import check_return_path, refusing
from api.payouts.errors import AccountIsRejected, CountryIsNone, CountryIsSet, TooManyAccounts
from api.payouts.learning import learn_of_account
from api.payouts.rules import can_be_replaced, is_country
from api.payouts.till import PayoutTill
from api.refusals import Problems, required_role
from api.viewer import Viewer
from db.clock import now
from db.ids import ProducerId
from db.queries import accounts, producers
from db.queries import payout_accounts as queries
from db.queries.payout_accounts import PayoutAccountRow
from db.vocabulary import PaymentCallKind, PayoutAccountStatus, Role

_TRIES: Final = 3
"""Of beginning again, because the account was closed meanwhile."""
_DAY: Final = timedelta(days=1)
_MOST_A_DAY: Final = 4
"""More countries than anybody has lived in since yesterday."""


async def start_payout_onboarding(
    till: PayoutTill, viewer: Viewer, *, country: str, return_path: str | None
) -> str:
    """The address of the hosted form; again goes on with the same account.

    Until it has been filled in and looked at, another country makes another account, and closes the one before.

    Raises:
        NotAllowed: The viewer is no producer.
        ManyRefused: Country or path are none.
        CountryIsSet: The account is of another country, and is kept.
        AccountIsRejected: The provider will not have its owner.
        PaymentIsRefused: It makes no account of this country.
        PaymentsAreAway: Try again.
    """
    producer = own_profile(viewer)
    _check(country, return_path)
    async with refusing():
        row = await _account(till, producer, country)
        reference = row.reference or await _made(till, viewer, row)
        await learn_of_account(till, row.id)
        back = f"{till.site}{return_path or till.back_path}"
        return await till.payments.payouts.form(reference, back_url=back)


async def refresh_payout_account(till: PayoutTill, viewer: Viewer) -> None:
    """Ask the provider anew: coming back from the form proves nothing. Where nothing is set up, nothing happens.

    Raises:
        NotAllowed: The viewer is no producer.
        PaymentsAreAway: Try again.
    """
    producer = own_profile(viewer)
    async with till.sessions.reading() as session:
        row = (await queries.current(session, [producer])).get(producer)
    if row is not None:
        async with refusing():
            await learn_of_account(till, row.id)


def own_profile(viewer: Viewer) -> ProducerId:
    """The profile of an approved producer.

    Raises:
        NotAllowed: The viewer is none.
    """
    if not viewer.has(Role.PRODUCER) or viewer.producer_id is None:
        raise required_role(Role.PRODUCER)
    return viewer.producer_id


def _check(country: str, return_path: str | None) -> None:
    problems = Problems()
    if not is_country(country):
        problems.note(CountryIsNone())
    if return_path is not None:
        with problems.under("return_path"):
            check_return_path(return_path)
    problems.refuse_any()


async def _account(till: PayoutTill, producer: ProducerId, country: str) -> PayoutAccountRow:
    """The one to go on with, of this country, as it is now."""
    for _ in range(_TRIES):
        async with till.sessions.writing() as session:
            await _check_pace(session, producer)
            row = await queries.begin(session, producer, country)
        row = await learn_of_account(till, row.id)
        if row.status is PayoutAccountStatus.REJECTED:
            raise AccountIsRejected
        if row.status is not PayoutAccountStatus.DISCONNECTED:
            if row.country == country:
                return row
            await _give_up(till, row, country)
    raise CountryIsSet


async def _check_pace(session: AsyncSession, producer: ProducerId) -> None:
    """Each account that is begun is one at the provider, for ever.

    Raises:
        TooManyAccounts: Of a producer in a day; going on with the one that is there is always possible.
    """
    since = now() - _DAY
    if (await queries.current(session, [producer])).get(producer):
        return
    if await queries.count_begun(session, producer, since) >= _MOST_A_DAY:
        raise TooManyAccounts(limit=_MOST_A_DAY, retry_at=now() + _DAY)


async def _give_up(till: PayoutTill, row: PayoutAccountRow, country: str) -> None:
    """Let another country take the place of what nobody has finished."""
    if not can_be_replaced(row.status):
        raise CountryIsSet
    if row.reference is None:
        async with till.sessions.writing() as session:
            held = await queries.held(session, row.id)
            if held.reference is None:
                await queries.change(session, row.id, {"country": country})
        return
    reference = row.reference

    async def act(key: str) -> str:
        await till.payments.payouts.close_account(key, reference)
        return reference

    await carry_out(till.sessions, Intent(PaymentCallKind.CLOSE_PAYOUT_ACCOUNT, reference), act)
    await learn_of_account(till, row.id)


async def _made(till: PayoutTill, viewer: Viewer, row: PayoutAccountRow) -> str:
    """The account at the provider, which sends nothing on by itself.

    Where a key was forgotten there may be two: the one that nobody here knows is empty, and stays so.
    """
    reference = await _added(till, viewer, row)
    gateway = till.payments.payouts

    async def by_hand(key: str) -> str:
        await gateway.pay_out_by_hand(key, reference)
        return reference

    await carry_out(till.sessions, Intent(PaymentCallKind.PAY_OUT_BY_HAND, reference), by_hand)
    async with till.sessions.writing() as session:
        held = await queries.held(session, row.id)
        if held.country != row.country:
            raise CountryIsSet  # by somebody who began with another one meanwhile
        if held.reference is None:
            await queries.change(session, row.id, {"reference": reference})
    return held.reference or reference


async def _added(till: PayoutTill, viewer: Viewer, row: PayoutAccountRow) -> str:
    async with till.sessions.reading() as session:
        [person] = await accounts.accounts(session, [viewer.account_id])
        [profile] = await producers.producers(session, [row.producer_id])
    subject = f"{row.id}:{row.country}"
    order = AccountOrder(row.id, row.country, person.email, profile.name)

    async def act(key: str) -> str:
        return await till.payments.payouts.add_account(key, order)

    return await carry_out(till.sessions, Intent(PaymentCallKind.ADD_PAYOUT_ACCOUNT, subject), act)
