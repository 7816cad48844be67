"""A witness of a test's own, asked in this process."""

from audit.merkle.signed_notes import SigningKey
from audit.merkle.witness import Witness
from commands.context.installation import Installation
from commands.log.sealing import keys_of, store_of
from commands.log.witnesses import policy_of, request_for, take, witness_named


def cosign(installation: Installation, name: str, key: SigningKey) -> None:
    """Let the witness that the policy calls so cosign the last checkpoint, on 1 June 2020, 08:26:40 UTC."""
    settings = installation.settings
    with installation.read() as tx:
        keys = keys_of(tx.session)
    party = witness_named(policy_of(settings), name)
    request = request_for(settings, keys, party)
    answer = Witness(settings.home / "witness", key, {keys[0].name: keys}).cosign(request.data, 1_591_000_000)
    take(store_of(settings), party, request.signed.note, answer)
