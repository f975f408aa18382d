"""What stands below a search box, and what a share path leads to."""

import strawberry

from schema.ground import Node


@strawberry.type
class SearchSuggestion:
    """One line below a search box."""

    label: str
    """To show."""
    node: Node | None
    """A track, producer or collection; null: a search term."""


@strawberry.type
class PublicPage:
    """What a share path leads to."""

    canonical_path: str
    """Redirect where it differs."""
    node: Node
    """Producer, track or collection."""
