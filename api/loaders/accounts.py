"""Loaders of accounts and of producers."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from api.licensing.rules import why_no_downloads
from api.loaders.profiles import seen_as
from api.loaders.reading import Reader, ability, aligned, grouped
from api.producers.applications import why_not_applied
from api.recon.rules import ScanLimits, why_not_yet
from api.refusals import Refused, required_role
from api.requests.ledger import tokens_of_each
from api.requests.rules import why_not_paid
from api.requests.tokens import CHEAPEST
from api.suspension import AccountIsSuspended
from api.viewer import Viewer
from db.clock import day_of, now
from db.ids import AccountId, ProducerId
from db.queries import accounts, plans, producers, proofs, scans, terms
from db.queries.accounts import AccountRow, RoleGrantRow
from db.session import Sessions
from db.vocabulary import Role
from schema.accounts import Account, AccountAbilities, ApiToken, Member, RoleChange, Session
from schema.producers import Producer
from schema.terms import TermsAcceptance


class AccountLoaders(Reader):
    """Accounts, what they hold, and the profiles they have."""

    def __init__(
        self,
        sessions: Sessions,
        viewer: Viewer | None,
        *,
        session_days: int,
        limits: ScanLimits,
        request_tokens: int,
    ) -> None:
        super().__init__(sessions, viewer)
        self._idle = timedelta(days=session_days)
        self._limits = limits
        self._request_tokens = request_tokens

    async def accounts(self, ids: list[AccountId]) -> Sequence[Account | None]:
        rows = await self._read(accounts.accounts, ids)
        return aligned(ids, {row.id: Account.of(row) for row in rows})

    async def members(self, ids: list[AccountId]) -> Sequence[Member | None]:
        rows = await self._read(accounts.accounts, ids)
        return aligned(ids, {row.id: self._seen_as(row) for row in rows})

    def _seen_as(self, row: AccountRow) -> Member:
        """Of whom staff suspend, others see the name."""
        viewer = self._viewer
        theirs = viewer is not None and (viewer.account_id == row.id or viewer.has(Role.STAFF))
        return Member.of(row, bare=row.suspended_at is not None and not theirs)

    async def accepted_terms(self, ids: list[AccountId]) -> Sequence[list[TermsAcceptance]]:
        found = grouped((row.account_id, row) for row in await self._read(terms.acceptances, ids))
        return [[TermsAcceptance.of(row) for row in found[account]] for account in ids]

    async def roles(self, ids: list[AccountId]) -> Sequence[list[Role]]:
        held = await self._roles_held(ids)
        return [[role for role in Role if role in held[account]] for account in ids]

    async def role_history(self, ids: list[AccountId]) -> Sequence[list[RoleChange]]:
        grants = grouped((row.account_id, row) for row in await self._read(accounts.role_grants, ids))
        return [_role_changes(grants[account]) for account in ids]

    async def account_abilities(self, ids: list[AccountId]) -> Sequence[AccountAbilities]:
        held = await self._roles_held(ids)
        waiting = await self._read(producers.applications_waiting, ids)
        owners = {row.account_id for row in await self._read(producers.producers_of, ids)}
        verified = [account for account in ids if Role.VERIFIED_PRODUCER in held[account]]
        scanning = await self._why_no_scans(verified)
        requesting = await self._why_no_requests(ids)
        licensing = await self._why_no_licences(ids)
        suspended = {row.id for row in await self._read(accounts.accounts, ids) if row.suspended_at}
        return [
            _while_suspended()
            if account in suspended
            else _account_abilities(
                held[account],
                why_not_applied(
                    held[account],
                    has_profile=account in owners,
                    waiting={kind for one, kind in waiting if one == account},
                ),
                no_scans=scanning.get(account),
                no_requests=requesting[account],
                no_licences=licensing[account],
            )
            for account in ids
        ]

    async def _why_no_scans(self, verified: list[AccountId]) -> dict[AccountId, Refused | None]:
        """Of verified producers; nobody else's scans are counted."""
        if not verified:
            return {}
        moment = now()
        async with self._sessions.reading() as session:
            used = await scans.counted_by_account(session, verified, day_of(moment))
        return {
            account: why_not_yet(self._limits, moment=moment, last=None, used_today=used.get(account, 0))
            for account in verified
        }

    async def _why_no_requests(self, ids: list[AccountId]) -> dict[AccountId, Refused | None]:
        """Where not even the shortest request can be paid for."""
        moment = now()
        async with self._sessions.reading() as session:
            left = await tokens_of_each(session, ids, moment, explorer=self._request_tokens)
        return {account: why_not_paid(left[account], CHEAPEST, moment) for account in ids}

    async def _why_no_licences(self, ids: list[AccountId]) -> dict[AccountId, Refused | None]:
        """Where the plan has no downloads."""
        async with self._sessions.reading() as session:
            held = await plans.plans_of(session, ids, now())
        return {one: why_no_downloads(includes_downloads=held[one].includes_downloads) for one in ids}

    async def pending_emails(self, ids: list[AccountId]) -> Sequence[str | None]:
        async with self._sessions.reading() as session:
            waiting = await proofs.pending_emails(session, ids, moment=now())
        return aligned(ids, waiting)

    async def sessions(self, ids: list[AccountId]) -> Sequence[list[Session]]:
        access = self._viewer.access if self._viewer else None
        async with self._sessions.reading() as session:
            rows = await accounts.sessions_of(session, ids, idle_since=now() - self._idle)
        found = grouped((row.account_id, Session.of(row, access=access)) for row in rows)
        return [found[account] for account in ids]

    async def api_tokens(self, ids: list[AccountId]) -> Sequence[list[ApiToken]]:
        rows = await self._read(accounts.api_tokens_of, ids)
        found = grouped((row.account_id, ApiToken.of(row)) for row in rows)
        return [found[account] for account in ids]

    async def producers(self, ids: list[ProducerId]) -> Sequence[Producer | None]:
        rows = await self._read(producers.producers, ids)
        return aligned(ids, {row.id: seen_as(self._viewer, row) for row in rows})

    async def producers_by_account(self, ids: list[AccountId]) -> Sequence[Producer | None]:
        rows = await self._read(producers.producers_of, ids)
        return aligned(ids, {row.account_id: seen_as(self._viewer, row) for row in rows})

    async def _roles_held(self, ids: list[AccountId]) -> dict[AccountId, set[Role]]:
        held: dict[AccountId, set[Role]] = defaultdict(lambda: {Role.LISTENER})
        for row in await self._read(accounts.role_grants, ids):
            if row.withdrawn_at is None:
                held[row.account_id] |= {row.role}
        return held


def _role_changes(grants: Sequence[RoleGrantRow]) -> list[RoleChange]:
    changes = [_given(row) for row in grants] + [_taken(row) for row in grants if row.withdrawn_at]
    return sorted(changes, key=lambda change: change.at, reverse=True)


def _given(row: RoleGrantRow) -> RoleChange:
    return RoleChange(
        role=row.role, granted=True, at=row.granted_at, reason=row.grant_reason, by_account=row.granted_by
    )


def _taken(row: RoleGrantRow) -> RoleChange:
    return RoleChange(
        role=row.role,
        granted=False,
        at=row.withdrawn_at or row.granted_at,
        reason=row.withdrawal_reason,
        by_account=row.withdrawn_by,
    )


def _while_suspended() -> AccountAbilities:
    closed = ability(AccountIsSuspended())
    return AccountAbilities(
        submit_producer_request=closed, upload=closed, scan=closed, license=closed, open_beat_request=closed
    )


def _account_abilities(
    roles: set[Role],
    no_application: Refused | None,
    *,
    no_scans: Refused | None,
    no_requests: Refused | None,
    no_licences: Refused | None,
) -> AccountAbilities:
    uploading = None if Role.PRODUCER in roles else required_role(Role.PRODUCER)
    scanning = no_scans if Role.VERIFIED_PRODUCER in roles else required_role(Role.VERIFIED_PRODUCER)
    return AccountAbilities(
        submit_producer_request=ability(no_application),
        upload=ability(uploading),
        scan=ability(scanning),
        license=ability(no_licences),
        open_beat_request=ability(no_requests),
    )
