"""What a browser or a program is called, by what it says of itself: without versions, which change every month."""

from typing import Final

UNKNOWN: Final = "Unknown device"
_LONGEST: Final = 60
"""It stands in sentences."""
_BROWSERS: Final = (
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""In this order, for each one says that it is also those behind it."""
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)


def device_name(user_agent: str) -> str:
    """`Firefox on Windows` for a browser; of a program its name, `curl`."""
    text = "".join(letter for letter in user_agent if letter.isprintable()).strip()
    browser = next((name for mark, name in _BROWSERS if mark in text), None)
    system = next((name for mark, name in _SYSTEMS if mark in text), None)
    if browser:
        return f"{browser} on {system}" if system else browser
    return text.partition("/")[0].strip()[:_LONGEST] or UNKNOWN
