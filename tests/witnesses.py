"""A witness of a test's own, asked in this process."""

from audit.merkle.signed_notes import SigningKey
from audit.merkle.witness import Witness
from commands.context.actors import actor_for_login
from commands.context.installation import Installation
from commands.log.pins import pin
from commands.log.sealing import keys_of, store_of
from commands.log.witness_adoption import adopt_witnesses
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


def adopt(installation: Installation) -> None:
    """The witness policy in use is adopted by the administrator, and pinned."""
    with installation.write() as tx:
        pins = adopt_witnesses(tx, actor_for_login(tx, "admin", "cli:tester"), "Order 8")
    pin(installation.settings, pins)
