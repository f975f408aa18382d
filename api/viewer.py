"""Who is asking: the account behind a token, what it may do, and how it came in."""

from dataclasses import dataclass, field

from db.ids import AccountId, ApiTokenId, ProducerId, SessionId
from db.vocabulary import ApiTokenScope, Role


@dataclass(frozen=True)
class Viewer:
    """A signed-in account for the length of one request.

    Attributes:
        access: The session or API token that came with the request.
        scope: What an API token may do; sessions may do all.
        producer_id: Own profile, if there is one.
        suspended: Staff suspend the account: it reads, and does next to nothing.
    """

    account_id: AccountId
    access: SessionId | ApiTokenId
    roles: frozenset[Role] = field(default_factory=lambda: frozenset({Role.LISTENER}))
    scope: ApiTokenScope = ApiTokenScope.FULL
    producer_id: ProducerId | None = None
    suspended: bool = False

    def has(self, role: Role) -> bool:
        return role in self.roles
