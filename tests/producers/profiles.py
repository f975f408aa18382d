"""What tests of profiles look at and send."""

from typing import Any

from tests.stage import Json, Somebody, Stage

PROFILE = """id handle name bio city roles claimed links { network url } picture { width height url }
  aboutPhotos { id caption image { width height } } followerCount viewerFollows
  completeness { percent missing }"""


async def update(stage: Stage, who: Somebody | None, producer: str, **changes: Any) -> Json:
    payload: Json = await stage.mutate(
        who, "updateProducer", f"producer {{ {PROFILE} }}", id=producer, input=changes
    )
    return payload


async def profile(stage: Stage, who: Somebody | None, producer: str) -> Json:
    query = f"query($id: ID!) {{ producer(by: {{id: $id}}) {{ {PROFILE} }} }}"
    shown: Json = (await stage.ask(who, query, id=producer))["producer"]
    return shown


def errors_of(payload: Json) -> list[tuple[str, str]]:
    return [(".".join(error["path"]), error["code"]) for error in payload["errors"]]
