"""Producer profiles, as everybody sees them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from db.levels import level_of, title_of
from db.queries.producers import ProducerRow
from db.queries.profiles import AboutPhotoRow
from db.vocabulary import SocialNetwork
from schema.context import Info
from schema.ground import Image, Node, absent
from schema.moderation import Withholding
from schema.paging import PageRequest
from schema.pictures import picture_of
from schema.scalars import URL

if TYPE_CHECKING:
    from schema.collections import CollectionConnection
    from schema.tracks import TrackConnection, TrackOrder, TrackWhere


@strawberry.type
class SocialLink:
    """An account elsewhere."""

    network: SocialNetwork
    """Where it is."""
    url: URL
    """Its address, in one spelling."""


@strawberry.type
class AboutPhoto(Node):
    """A picture with words."""

    row: strawberry.Private[AboutPhotoRow]
    caption: str | None
    """Words below it."""

    @classmethod
    def of(cls, row: AboutPhotoRow) -> Self:
        return cls(id=strawberry.ID(row.id), row=row, caption=row.caption)

    @strawberry.field
    async def image(self, info: Info) -> Image:
        """The picture, of any shape."""
        profile = await info.context.loaders.producers.load(self.row.producer_id)
        assert profile  # a foreign key
        withheld = profile.row.withheld_since is not None
        image = await picture_of(info, self.row.picture_id, withheld=withheld)
        assert image  # likewise
        return image


@strawberry.type
class ProfileCompleteness:
    """How complete a profile is."""

    percent: int
    """100: nothing is missing."""
    missing: list[str]
    """Names of updateProducer's input fields; about photos are optional."""


@strawberry.type
class Producer(Node):
    """A producer's public profile."""

    row: strawberry.Private[ProducerRow]
    bare: strawberry.Private[bool]
    handle: str
    """Unique, case ignored; an old one still leads here."""
    name: str
    """Artist name."""
    verified: bool
    """Blue badge."""
    claimed: bool
    """False: made for known beats, open to a claim."""
    bio: str | None
    """Style and sound, in own words."""
    city: str | None
    """Where the music is made."""
    roles: list[str]
    """Such as producer, engineer, writer."""
    links: list[SocialLink]
    """Accounts elsewhere, in the producer's order."""
    level: int
    """1 to 100, by experience."""
    level_title: str
    """Novice to Legendary."""
    created_at: datetime
    """Profile made."""

    @classmethod
    def of(cls, row: ProducerRow, *, bare: bool = False) -> Self:
        """Args: bare: staff keep the profile back: what credits need of it is there, and nothing that its owner wrote."""
        row = row._replace(bio=None, city=None, roles=[], links=[], picture_id=None) if bare else row
        return cls(
            id=strawberry.ID(row.id),
            row=row,
            bare=bare,
            handle=row.handle,
            name=row.name,
            verified=row.verified,
            claimed=row.account_id is not None,
            bio=row.bio,
            city=row.city,
            roles=row.roles,
            links=[
                SocialLink(network=SocialNetwork(one["network"]), url=URL(one["url"])) for one in row.links
            ],
            level=(level := level_of(row.xp)),
            level_title=title_of(level),
            created_at=row.created_at,
        )

    @strawberry.field
    async def picture(self, info: Info) -> Image | None:
        """Profile picture."""
        own, withheld = self.row.picture_id, self.row.withheld_since is not None
        return await picture_of(info, own, withheld=withheld) if own else None

    @strawberry.field
    async def about_photos(self, info: Info) -> list[AboutPhoto]:
        """Pictures of the about section, in the producer's order."""
        return [] if self.bare else await info.context.loaders.about_photos.load(self.row.id)

    @strawberry.field
    async def follower_count(self, info: Info) -> int:
        """Accounts that follow the profile."""
        return await info.context.loaders.follower_counts.load(self.row.id)

    @strawberry.field
    async def viewer_follows(self, info: Info) -> bool:
        """Whether the viewer is among them."""
        return await info.context.loaders.viewer_follows.load(self.row.id)

    @strawberry.field
    async def completeness(self, info: Info) -> ProfileCompleteness | None:
        """What the profile lacks; for its owner."""
        return await info.context.loaders.completeness.load(self.row.id)

    @strawberry.field
    async def withheld(self, info: Info) -> Withholding | None:
        """Why staff keep it back; for its owner and staff. Null: they do not."""
        kept = self.row.withheld_since is not None and not self.bare
        return await info.context.loaders.withholdings.load(self.row.id) if kept else None

    @strawberry.field
    def share_url(self, info: Info) -> URL:
        """Share address with a preview card."""
        return URL(info.context.addresses.share(f"/p/{self.handle}"))

    @strawberry.field
    async def tracks(
        self,
        info: Info,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
        where: Annotated["TrackWhere", strawberry.lazy("schema.tracks")] | None = strawberry.UNSET,
        order_by: Annotated["TrackOrder", strawberry.lazy("schema.tracks")] | None = strawberry.UNSET,
    ) -> Annotated["TrackConnection", strawberry.lazy("schema.tracks")]:
        """Published ones; every state for the owner."""
        page = PageRequest.of(first, after, last, before)
        return await info.context.lists.tracks(where or None, order_by or None, page, of=self.row.id)

    @strawberry.field
    async def credited_tracks(
        self,
        info: Info,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
        where: Annotated["TrackWhere", strawberry.lazy("schema.tracks")] | None = strawberry.UNSET,
        order_by: Annotated["TrackOrder", strawberry.lazy("schema.tracks")] | None = strawberry.UNSET,
    ) -> Annotated["TrackConnection", strawberry.lazy("schema.tracks")]:
        """Others' tracks that credit this producer."""
        page = PageRequest.of(first, after, last, before)
        return await info.context.lists.tracks(where or None, order_by or None, page, crediting=self.row.id)

    @strawberry.field
    async def collections(
        self,
        info: Info,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
    ) -> Annotated["CollectionConnection", strawberry.lazy("schema.collections")]:
        """Those with a published track, newest first; all of them for the owner."""
        page = PageRequest.of(first, after, last, before)
        return await info.context.lists.collections(self.row.id, page)


@strawberry.input(one_of=True)
class ProducerBy:
    """How to find a producer."""

    id: strawberry.ID | None = absent()
    handle: str | None = absent()
    """Present or former handle."""
