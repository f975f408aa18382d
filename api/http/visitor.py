"""Looking at the public site as a visitor does: through the API, so that nothing is shown that a visitor may not see."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import strawberry

from api.context import RequestContext, Services
from api.masking import answerable

_FOLDER: Final = Path(__file__).parent.parent / "pages"
_SHARE_PAGE: Final = (_FOLDER / "share_page.graphql").read_text("utf-8")
_LICENCE_PAGE: Final = (_FOLDER / "licence_page.graphql").read_text("utf-8")


@dataclass(frozen=True)
class Shown:
    """What stands behind a share path.

    Attributes:
        path: The canonical one.
        node: As `share_page.graphql` asks for it.
    """

    path: str
    node: Mapping[str, Any]

    @property
    def kind(self) -> str:
        return str(self.node["__typename"])

    @property
    def title(self) -> str:
        return str(self.node["title" if self.kind == "Track" else "name"])

    @property
    def url(self) -> str:
        return str(self.node["shareUrl"])

    @property
    def picture(self) -> Mapping[str, Any] | None:
        """Cover or portrait; a profile may have none."""
        picture: Mapping[str, Any] | None = self.node.get("cover") or self.node.get("picture")
        return picture

    @property
    def author(self) -> Mapping[str, Any]:
        """Who made it; a producer is the author of their own profile."""
        producer: Mapping[str, Any] = self.node.get("producer") or self.node
        return producer


class Visitor:
    """Asks the API.

    Args:
        schema: Of the process.
        services: Of the process.
    """

    def __init__(self, schema: strawberry.Schema, services: Services) -> None:
        self._schema = schema
        self._services = services

    async def look(self, path: str) -> Shown | None:
        """What a path or address of the public site leads to; null where there is nothing for a visitor."""
        if "\0" in path:  # which the API takes nowhere
            return None
        page = (await self._ask(_SHARE_PAGE, path=path)).get("publicPage")
        return Shown(page["canonicalPath"], page["node"]) if page else None

    async def verify(self, number: str) -> Mapping[str, Any] | None:
        """What a stranger may know of a licence, counted as a look at it; null where there is none of this number."""
        found: Mapping[str, Any] | None = (await self._ask(_LICENCE_PAGE, number=number)).get("verifyLicence")
        return found

    async def _ask(self, query: str, **variables: str) -> Mapping[str, Any]:
        context = RequestContext(self._services, None, _nobody, device="Page", peer="")
        result = await self._schema.execute(query, variable_values=variables, context_value=context)
        if errors := answerable(result.errors or []):
            raise RuntimeError(f"a page was not answered: {errors}")
        return result.data or {}


async def _nobody() -> None:
    return None
