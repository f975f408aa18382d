"""What stands at the beginning of an archive."""

from typing import Final

README: Final = """Your data at BeatPass

This archive holds what your account has told us, and what we keep of what you did. It was written when you asked for
it, and is deleted from our side a week later.

  account/       who you are here: sessions, tokens, roles, notices, applications, appeals, uploads
  profile/       your producer profile, whom you follow, contacts, events, experience
  music/         tracks, collections, what was measured and found in them, what you listened to
  requests/      beat requests, what they cost, tracks you offered
  licences/      licences that you were granted, purchases, saved terms
  money/         plans, bills, payouts, balances, statements, shares of pools
  support/       tickets, reports, suspensions, answers to takedown notices, accepted terms, receipts
  certificates/  a PDF for each licence that you were granted
  pictures/      pictures that you uploaded, as they are shown
  audio/         WAVs that you uploaded, each behind the id of its upload
  attachments/   files that you added to a case or a ticket

Times are in UTC. Amounts are whole numbers of the smallest unit: 29900 in USD is 299.00 dollars. Ids are those that the
API knows. Passwords and tokens are not in here: of these we keep only what they can be recognised by.
Questions: contact@beatpass.ca
"""
