"""Sends the letters that prove whose an e-mail address is."""

from api.accounts import letters, resetting
from db.ids import AccountId, ProofId
from db.vocabulary import JobKind
from workers.tools import Tools
from workers.transaction import Job, does


@does(JobKind.SEND_PROOF)
async def send_proof(tools: Tools, job: Job) -> None:
    """Running twice is safe: the same letter goes out under the same Message-ID, with the same link."""
    proof = ProofId(job["proof"])
    written = letters.ProofLetters(tools.settings)
    await letters.send_proof(tools.sessions, tools.mailer, written, proof, settle=job.settle)


@does(JobKind.OFFER_RESET)
async def offer_reset(tools: Tools, job: Job) -> None:
    """Running twice is safe: the proof is made in the transaction that ends the job."""
    async with tools.sessions.writing() as session:
        await resetting.offer_reset(session, AccountId(job["account"]))
        await job.settle(session)
