"""An installation whose e-mails can be read, people with passwords, and workers that do their jobs in this process."""

import email
import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, Final

from sqlalchemy import event, select, update
from sqlmodel import col

from api.auth.passwords import hash_password
from api.sweep import forget_the_ended
from db.ids import JobId
from db.models.accounts import Account, AccountProof
from db.models.jobs import Job
from db.session import Sessions
from db.vocabulary import JobKind, JobState
from tests.factories import Person, Program, a_listener
from tests.stage import Json, Somebody, Stage
from tests.working import tools_of
from workers.actors import accounts, notices
from workers.tools import Tools
from workers.transaction import perform

PASSWORD: Final = "correct horse"
ANOTHER: Final = "battery staple"
ME: Final = "{ me { id email emailVerified pendingEmail } }"
ACTORS: Final = {
    actor.kind: actor for actor in (accounts.send_proof, accounts.offer_reset, notices.send_email)
}
_LETTERS: Final = (JobKind.OFFER_RESET, JobKind.SEND_PROOF, JobKind.SEND_EMAIL)
_LINK: Final = re.compile(r"https://beatpass\.test(/verify-email|/reset-password)\?token=(bpp_[\w-]{43})")


@dataclass(frozen=True)
class Letter:
    """A mail as it lies in the folder."""

    message: EmailMessage

    @property
    def to(self) -> str:
        return str(self.message["To"].addresses[0].addr_spec)

    @property
    def about(self) -> tuple[str, str]:
        return self.to, str(self.message["Subject"])

    def text(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        assert part
        return str(part.get_content()).replace("\r\n", "\n")

    @property
    def path(self) -> str:
        return self._link(1)

    @property
    def token(self) -> str:
        return self._link(2)

    def _link(self, group: int) -> str:
        links = {
            found.group(group) for kind in ("plain", "html") for found in _LINK.finditer(self.text(kind))
        }
        assert len(links) == 1, links
        return links.pop()


@dataclass(frozen=True)
class Desk:
    """What tests of accounts work with.

    Attributes:
        folder: Where e-mails are laid.
    """

    stage: Stage
    folder: Path

    @property
    def sessions(self) -> Sessions:
        return self.stage.sessions

    @property
    def tools(self) -> Tools:
        return tools_of(self.stage)

    async def jobs(self, *kinds: JobKind) -> Sequence[Job]:
        async with self.sessions.reading() as session:
            return list(
                await session.scalars(select(Job).where(col(Job.kind).in_(kinds)).order_by(col(Job.id)))
            )

    async def send(self) -> None:
        """Do everything that ends in a mail, and what follows of it."""
        while ready := [job for job in await self.jobs(*_LETTERS) if job.state is JobState.READY]:
            for job in ready:
                await perform(self.tools, JobId(job.id), ACTORS[job.kind])
        assert {job.state for job in await self.jobs(*_LETTERS)} <= {JobState.DONE}

    async def again(self, job: Job) -> None:
        """A nudge that comes twice, and a worker that had the job before it ended."""
        await perform(self.tools, JobId(job.id), ACTORS[job.kind])

    async def sweep(self) -> None:
        """As relay has it done every quarter of an hour."""
        async with self.sessions.writing() as session:
            await forget_the_ended(session, session_days=self.stage.settings.session_days)

    async def letters(self, about: str = "") -> list[Letter]:
        """All mails with this subject, oldest first; those that wait are sent first."""
        await self.send()
        found = [
            _read(file)
            for file in sorted(self.folder.glob("*.eml"), key=lambda file: file.stem.rpartition("_")[2])
        ]
        return [one for one in found if about in one.about[1]]

    async def token(self, about: str) -> str:
        """Of the link in the newest mail with this subject."""
        return (await self.letters(about))[-1].token

    async def later(self, by: timedelta) -> None:
        """As if all letters had been sent so much earlier."""
        async with self.sessions.writing() as session:
            for proof in await session.scalars(select(AccountProof)):
                proof.created_at -= by
                proof.expires_at -= by

    async def proofs(self) -> Sequence[AccountProof]:
        async with self.sessions.reading() as session:
            return list(await session.scalars(select(AccountProof).order_by(col(AccountProof.id))))

    async def me(self, who: Somebody) -> Json:
        shown: Json = (await self.stage.ask(who, ME))["me"]
        return shown

    async def is_in(self, who: Somebody) -> bool:
        return (await self.stage.ask(who, "{ me { id } }"))["me"] is not None

    async def told(self, who: Somebody) -> list[str]:
        """Titles of the security notices that somebody sees, newest first."""
        query = "{ me { notifications(where: { kind: { eq: SECURITY } }) { nodes { title } } } }"
        return [one["title"] for one in (await self.stage.ask(who, query))["me"]["notifications"]["nodes"]]

    async def verify(self, token: str, who: Somebody | None = None) -> list[tuple[str, str]]:
        return await self.stage.refusals(who, "verifyEmail", input={"token": token})

    async def reset(self, token: str, password: str = ANOTHER) -> list[tuple[str, str]]:
        return await self.stage.refusals(None, "resetPassword", input={"token": token, "password": password})

    async def forget(self, address: str, **peer: Any) -> list[tuple[str, str]]:
        """Ask for a new password."""
        return await self.stage.refusals(None, "requestPasswordReset", input={"email": address}, **peer)

    async def change(self, who: Somebody, **given: Any) -> list[tuple[str, str]]:
        return await self.stage.refusals(who, "updateAccount", input=given)

    async def sign_in(self, address: str, password: str = PASSWORD) -> Program | None:
        """Null where e-mail and password do not belong together."""
        given = {"email": address, "password": password}
        payload = await self.stage.mutate(None, "signIn", "token", input=given)
        assert [error["code"] for error in payload["errors"]] in ([], ["WRONG_CREDENTIALS"])
        return Program("", payload["token"]) if payload["token"] else None

    @asynccontextmanager
    async def statements(self) -> AsyncGenerator[list[str]]:
        """What is said to the database in the block, for writing and for reading."""
        said: list[str] = []

        def note(_: Any, __: Any, statement: str, *___: Any) -> None:
            said.append(statement)

        engines = [self.sessions._writer.sync_engine, self.sessions._reader.sync_engine]  # pyright: ignore[reportPrivateUsage] -- no other door to what is sent
        for engine in engines:
            event.listen(engine, "before_cursor_execute", note)
        try:
            yield said
        finally:
            for engine in engines:
                event.remove(engine, "before_cursor_execute", note)


async def somebody(desk: Desk, address: str = "nova@beatpass.test", *, proved: bool = True) -> Person:
    """Who has signed in, and has a password."""
    person = await a_listener(desk.sessions, "Nova")
    columns: dict[str, Any] = {
        "email": address,
        "email_key": address,
        "password_hash": await hash_password(PASSWORD),
    }
    if not proved:
        columns["email_verified_at"] = None
    async with desk.sessions.writing() as session:
        await session.execute(update(Account).where(col(Account.id) == person.account).values(**columns))
    return replace(person, email=address)


def _read(file: Path) -> Letter:
    message = email.message_from_bytes(file.read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    return Letter(message)
