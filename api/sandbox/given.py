"""The parameters of a call, which know what was looked at: what the sandbox does not act on is refused, not swallowed."""

from typing import Any

from api.sandbox.trees import Json, is_list, is_object


class Given:
    """Values that have been checked.

    An endpoint takes what it acts on. What is left over in the end was asked for in vain, and `left_over` names it.
    """

    def __init__(self, values: Json | None = None, place: str = "") -> None:
        self._values: Json = values or {}
        self._place = place
        self._taken: set[str] = set()
        self._inner: dict[str, Given] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def __bool__(self) -> bool:
        return bool(self._values)

    def get(self, name: str, default: Any = None) -> Any:
        """A value with all that is inside of it; an empty text is the wish to clear it, and null."""
        self._taken.add(name)
        value = self._values.get(name, default)
        return default if value == "" else value

    def inner(self, name: str) -> "Given":
        """The values inside of another; none where it was not given."""
        self._taken.add(name)
        value = self._values.get(name)
        return self._in(value if is_object(value) else None, name)

    def each(self, name: str) -> list["Given"]:
        """The members of a list of objects."""
        self._taken.add(name)
        members = self._values.get(name)
        named = enumerate(members if is_list(members) else [])
        return [self._in(one, f"{name}[{number}]") for number, one in named]

    def texts(self, name: str) -> list[str]:
        """A list of texts; empty where it was not given."""
        found = self.get(name)
        return [str(one) for one in found] if is_list(found) else []

    def only(self, **values: Any) -> None:
        """Take what can have one value only, for that is how the sandbox works."""
        for name, value in values.items():
            if self._values.get(name, value) == value:
                self._taken.add(name)

    def place(self, name: str) -> str:
        """A parameter's name as errors have it."""
        return f"{self._place}[{name}]" if self._place else name

    def left_over(self) -> list[str]:
        """What nobody took."""
        mine = [self.place(name) for name in self._values if name not in self._taken]
        return mine + [name for inner in self._inner.values() for name in inner.left_over()]

    def _in(self, values: Json | None, name: str) -> "Given":
        """The same one each time, so that it knows all that was taken of it."""
        return self._inner.setdefault(name, Given(values, self.place(name)))
