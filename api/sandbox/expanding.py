"""`expand`: an object in the place of its id, and what is only there when it is asked for."""

from collections.abc import Callable
from typing import Any, Final

from api.sandbox.books import Books
from api.sandbox.errors import malformed
from api.sandbox.trees import Json, is_list, is_object

Asked = Callable[[Books, Json], Any]
_ASKED_FOR: Final[dict[tuple[str, str], Asked]] = {}
_DEEPEST: Final = 4


def only_asked_for(kind: str, name: str) -> Callable[[Asked], Asked]:
    """Let a field of a kind be what the function finds, where it is expanded."""

    def enter(find: Asked) -> Asked:
        _ASKED_FOR[(kind, name)] = find
        return find

    return enter


def expand(books: Books, body: Json, places: list[str]) -> Json:
    """The answer with the objects that were asked for.

    Raises:
        AnsweredError: A place is none, or nothing can stand there.
    """
    for number, place in enumerate(places):
        steps = place.split(".")
        if sum(step != "data" for step in steps) > _DEEPEST:
            message = f"You cannot expand more than {_DEEPEST} levels of a property: {place}"
            raise malformed(message, param=f"expand[{number}]", code=None)
        _walk(books, body, steps, f"expand[{number}]")
    return body


def _walk(books: Books, here: Json, steps: list[str], param: str) -> None:
    name, rest = steps[0], steps[1:]
    if (find := _ASKED_FOR.get((str(here.get("object")), name))) and name not in here:
        here[name] = find(books, here)
    if name not in here:
        raise malformed(f"This property cannot be expanded ({name}).", param=param, code=None)
    here[name] = _found(books, here[name])
    if rest:
        _go_on(books, here[name], rest, param)


def _found(books: Books, value: Any) -> Any:
    """What an id names; an object of another account of the platform can be named too."""
    if not isinstance(value, str):
        return value
    found = books.store.by_id(value)
    return found[2] if found else value


def _go_on(books: Books, value: Any, rest: list[str], param: str) -> None:
    for one in value if is_list(value) else [value]:
        if is_object(one):
            _walk(books, one, rest, param)
