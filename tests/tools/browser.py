"""Headless Chromium of Debian, driven by the DevTools protocol, with no way out of this machine.

Every name but 127.0.0.1 is unknown to it, and every address that it asks for is kept, so that a test can look.
"""

import base64
import itertools
import json
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

from websockets.sync.client import ClientConnection, connect

from tests.tools import debian

_PACKAGES = ("chromium-headless-shell", "fontconfig-config", "fonts-dejavu-core", "fonts-roboto-unhinted")
_BINARY = "usr/lib/chromium/chromium-headless-shell"
_START_SECONDS = 60
"""Its 300 MB come from a cold disk the first time."""
_ANSWER_SECONDS = 30
_OPTIONS = (
    "--no-sandbox",  # root has none, and it opens our own page only
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--remote-debugging-port=0",
    "--window-size=1500,1120",
)


@dataclass
class Page:
    """A tab of the browser.

    Attributes:
        addresses: Everything that it asked for, WebSockets too.
        complaints: Errors on its console, exceptions, and what could not be loaded.
    """

    socket: ClientConnection
    addresses: list[str] = field(default_factory=list[str])
    complaints: list[str] = field(default_factory=list[str])
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def call(self, method: str, **parameters: Any) -> Any:
        """The result of a command of the protocol; events on the way are noted."""
        number = next(self._numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.recv(timeout=_ANSWER_SECONDS))
            if message.get("id") == number:
                assert "error" not in message, message
                return message["result"]
            self._note(message)

    def open(self, url: str) -> None:
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")
        self.call("Page.navigate", url=url)

    def value(self, expression: str) -> Any:
        """What a JavaScript expression comes to."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, (expression, answer["exceptionDetails"])
        return answer["result"].get("value")

    def until(self, expression: str, *, seconds: float = 30) -> Any:
        """The value of an expression as soon as it is true."""
        deadline = time.monotonic() + seconds
        while not (found := self.value(expression)):
            assert time.monotonic() < deadline, f"{expression}\n{self.complaints}\n{self.text()[-3000:]}"
            time.sleep(0.05)
        return found

    def text(self) -> str:
        """What can be read on the page."""
        return str(self.value("document.body.innerText"))

    def click(self, selector: str, *, text: str = "") -> None:
        """Click the first element of a selector, or the first that holds the text, once it is there."""
        found = f"[...document.querySelectorAll({json.dumps(selector)})].find(e => e.innerText.includes({json.dumps(text)}))"
        self.until(f"!!{found}")
        self.value(f"{found}.click()")

    def press(self, selector: str, *, place: int = 0) -> None:
        """Click an element as a person's finger does: sound may start from it."""
        found = f"document.querySelectorAll({json.dumps(selector)})[{place}]"
        self.until(f"{found}?.checkVisibility()")
        self.call("Runtime.evaluate", expression=f"{found}.click()", userGesture=True)

    def picture(self, file: Path) -> None:
        """Save what is seen as PNG."""
        file.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def hosts(self) -> set[str]:
        """Whom it asked for anything; addresses without a host (data:) are inside of the page."""
        return {host for address in self.addresses if (host := urlsplit(address).hostname)}

    def _note(self, event: dict[str, Any]) -> None:
        given = event.get("params", {})
        match event["method"]:
            case "Network.requestWillBeSent":
                self.addresses.append(given["request"]["url"])
            case "Network.webSocketCreated":
                self.addresses.append(given["url"])
            case "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(given["exceptionDetails"])[:2000])
            case "Runtime.consoleAPICalled" if given["type"] in {"error", "assert"}:
                self.complaints.append(json.dumps(given["args"])[:2000])
            case "Log.entryAdded" if given["entry"]["level"] == "error":
                self.complaints.append(f"{given['entry']['text']} {given['entry'].get('url', '')}")
            case _:
                pass


@contextmanager
def browser() -> Generator[Page]:
    """A browser with one empty tab, for the length of the block."""
    unpacked = debian.fetch(*_PACKAGES)
    with tempfile.TemporaryDirectory(prefix="bp-browser-") as folder:
        profile = Path(folder)
        with (profile / "log").open("wb") as log:
            process = subprocess.Popen(
                [unpacked.root / _BINARY, *_OPTIONS, f"--user-data-dir={profile}", "about:blank"],
                env={**unpacked.environment("pulseaudio"), "FONTCONFIG_FILE": _fonts(unpacked.root, profile)},
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )
        try:
            with connect(_first_tab(process, profile), max_size=None) as socket:
                yield Page(socket)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def _fonts(root: Path, folder: Path) -> str:
    """Settings of fontconfig that know the unpacked fonts and nothing of this machine."""
    file = folder / "fonts.conf"
    file.write_text(
        f"""<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
        <dir>{root}/usr/share/fonts</dir><cachedir>{folder}/fonts</cachedir>
        <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
        <alias><family>sans-serif</family><prefer><family>Roboto</family></prefer></alias>
        <alias><family>system-ui</family><prefer><family>Roboto</family></prefer></alias>
        </fontconfig>"""
    )
    return str(file)


def _first_tab(process: "subprocess.Popen[bytes]", profile: Path) -> str:
    """The WebSocket of the one tab that is open."""
    port = _port(process, profile)
    with urlopen(f"http://127.0.0.1:{port}/json/list", timeout=_ANSWER_SECONDS) as answer:
        [tab] = [target for target in json.load(answer) if target["type"] == "page"]
    return str(tab["webSocketDebuggerUrl"])


def _port(process: "subprocess.Popen[bytes]", profile: Path) -> int:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        said = (profile / "log").read_text(errors="replace")
        if found := re.search(r"DevTools listening on ws://127\.0\.0\.1:(\d+)/", said):
            return int(found[1])
        assert process.poll() is None, said[-4000:]
        assert time.monotonic() < deadline, said[-4000:]
        time.sleep(0.05)
