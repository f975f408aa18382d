"""What the launcher shows: the lines of its children under their names, and where to go once all is ready."""

import os
from collections.abc import Mapping
from typing import Final, TextIO

from workers.launcher.plan import Place, mail, seeded

_NAME_WIDTH: Final = 7
_COLOURS: Final = {
    "bp": "1",
    "web": "36",
    "relay": "35",
    "worker": "34",
    "audio": "33",
    "seed": "32",
    "stripe": "31",
}
_DEMO_PEOPLE: Final = {
    "demo-staff": "reviews requests and settles cases",
    "demo-producer": "a verified producer with beats on sale",
    "demo-producer-2": "a second one, to meet the duplicate check",
    "demo-newcomer": "a listener who may ask to become a producer",
    "demo-artist": "a listener who looks for beats",
}


class Terminal:
    """Standard output, which may be a terminal, a file, or gone."""

    def __init__(self, output: TextIO, environment: Mapping[str, str]) -> None:
        self._output = output
        self._colours = output.isatty() and not environment.get("NO_COLOR")

    def say(self, name: str, line: str) -> None:
        """Show one line of the one who is named first."""
        self.show(
            f"{self._paint(name.ljust(_NAME_WIDTH), _COLOURS.get(name, '2'))} {self._paint('│', '2')} {line}"
        )

    def show(self, text: str) -> None:
        """Show text as it is. That nobody is left to read it is no reason to stop serving."""
        try:
            print(text, file=self._output, flush=True)
        except OSError:
            self._output = open(os.devnull, "w")  # noqa: PTH123, SIM115 -- stays open as long as the launcher

    def _paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colours else text


def banner(place: Place) -> str:
    """Where to go, who to be, how to stop."""
    people = "\n".join(f"    {token:<16} {meaning}" for token, meaning in _DEMO_PEOPLE.items())
    return f"""
  BeatPass is ready

  Explorer   {place.address.url}/graphql
  Data       {place.data}
{_payments(place)}  E-mail     {mail(place.data)} (each a file; BEATPASS_SMTP_URL and BEATPASS_MAIL_FROM name a server instead)
  Stop       Ctrl-C

  Be someone: Authorization: Bearer <token>
{people}
{_filling(place)}{_reach(place)}"""


def _payments(place: Place) -> str:
    if place.sandbox is None:
        return ""
    return f"  Payments   {place.sandbox.url} (a sandbox in place of Stripe, no real money: its page moves the clock)\n"


def _filling(place: Place) -> str:
    if seeded(place.data).exists():
        return ""
    return "\n  Demo beats are being uploaded; `seed` says when they are there. Nothing needs to wait for them.\n"


def _reach(place: Place) -> str:
    if place.address.is_loopback:
        return ""
    return f"  It listens on {place.address.host}; the demo tokens work from this machine (loopback) only.\n"
