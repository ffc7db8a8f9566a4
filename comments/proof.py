"""Proof of work: a browser tries numbers for a moment before it sends, which costs a reader nothing and a flood a lot.

The protocol is ALTCHA's first: find the number that, behind the salt, hashes to the challenge.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from altcha import v1 as altcha
from django.conf import settings
from django.core.cache import cache

LASTS = timedelta(hours=2)  # a long comment is not written in a minute
LONGEST = 300  # characters of a proof
ALGORITHM: Final = "SHA-256"
EFFORT = 50_000  # numbers at most: about a second of one core in a browser


@dataclass(frozen=True)
class Challenge:
    challenge: str
    salt: str
    signature: str
    most: int


def make_challenge(now: datetime) -> Challenge | None:
    """None where no proof is asked for."""
    if not settings.COMMENTS_PROOF_OF_WORK:
        return None
    made = altcha.create_challenge(
        altcha.ChallengeOptions(max_number=EFFORT, hmac_key=settings.SECRET_KEY, expires=now + LASTS)
    )
    return Challenge(made.challenge, made.salt, made.signature, EFFORT)


def has_worked(proof: str) -> bool:
    """Whether `proof`, “number:signature:salt”, solves a challenge of ours. Good for one time only."""
    if not settings.COMMENTS_PROOF_OF_WORK:
        return True
    number, _, rest = proof[:LONGEST].partition(":")
    signature, _, salt = rest.partition(":")
    if not (number.isascii() and number.isdigit() and int(number) <= EFFORT):
        return False
    challenge = altcha.hash_hex(ALGORITHM, f"{salt}{int(number)}".encode())
    solution = altcha.Payload(ALGORITHM, challenge, int(number), salt, signature)
    is_solved, _ = altcha.verify_solution(solution, settings.SECRET_KEY)
    return is_solved and cache.add(f"proof.{signature}", 1, LASTS.total_seconds())
