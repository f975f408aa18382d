"""Text made comparable: `Beyoncé` and `beyonce`, `LO-FI` and `lo-fi` are the same on both engines."""

import unicodedata


def folded(text: str) -> str:
    """Lower case, without accents, with single spaces."""
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter)
    )
    return " ".join(plain.casefold().split())
