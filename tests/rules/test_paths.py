"""Paths of the public site, however somebody has copied them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.paths import public_path

SITES = frozenset({"beatpass.test", "localhost:8000"})
NAMED = [
    ("/p/nova", ("p", "nova")),
    ("/p/Nova", ("p", "nova")),
    ("/p/NOVA/", ("p", "nova")),
    ("  /p/nova\n", ("p", "nova")),
    ("/t/night-drive-x7f2", ("t", "night-drive-x7f2")),
    ("/t/night-drive-x7f2/", ("t", "night-drive-x7f2")),
    ("/t/night-drive-x7f2?utm=1&x=/p/kilo#top", ("t", "night-drive-x7f2")),
    ("https://beatpass.test/p/nova", ("p", "nova")),
    ("https://BeatPass.test/t/night?x=1", ("t", "night")),
    ("http://localhost:8000/p/nova/", ("p", "nova")),
    ("//beatpass.test/p/nova", ("p", "nova")),
    ("/p/nov%61", ("p", "nova")),
    ("/p/%E5%A4%9C", ("p", "夜")),
    ("/c/night-tapes-x7f2", ("c", "night-tapes-x7f2")),
    ("https://beatpass.test/c/Night-Tapes-x7f2/?a=b", ("c", "night-tapes-x7f2")),
]
NONE = [
    "", "/", "nova", "p/nova", "/p", "/p/", "/p//", "/P/nova", "/x/nova", "/p/nova/tracks", "/p/nova//", "/t/a/b", "/c/", "/C/x",
    "https://elsewhere.test/p/nova", "https://beatpass.test.evil.test/p/nova", "http://localhost:9000/p/nova",
    "https://beatpass.test@evil.test/p/nova", "https://[", "https://[::1/p/nova", "?/p/nova", "#/p/nova", "/p/a%2Fb", "/p/a%00b",
]  # fmt: skip


@pytest.mark.parametrize(("path", "named"), NAMED)
def test_a_path_is_understood_however_it_was_copied(path: str, named: tuple[str, str]) -> None:
    assert public_path(path, SITES) == named


@pytest.mark.parametrize("path", NONE)
def test_what_is_no_path_of_the_site_names_nothing(path: str) -> None:
    assert public_path(path, SITES) is None


@given(st.text(max_size=50))
def test_any_text_is_answered(text: str) -> None:
    assert public_path(text, SITES) is None or "/p/" in text or "/t/" in text or "/c/" in text or "%" in text
    named = public_path(f"/p/{text}", SITES)
    assert named is None or named.kind == "p"
