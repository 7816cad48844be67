"""Asking the witnesses that have an address, by HTTP (C2SP tlog-witness, add-checkpoint)."""

import threading
from collections.abc import Iterator, Sequence
from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx
import structlog

from audit.errors import LogError
from audit.merkle.checkpoints import Signed, number
from audit.merkle.signed_notes import Verifier
from audit.merkle.witness import Request
from audit.merkle.witness_policy import KnownWitness
from commands.context.clock_guard import note
from commands.context.installation import Installation
from commands.log.sealing import keys_of, store_of
from commands.log.witnesses import Witnessed, policy_of, request_for, take, witnessed
from models.clock import system_clock
from models.settings import Settings
from states.refusal import RefusedError, UnavailableError

EVERY_S = 5.0
_PATIENCE_S = 10
_ANSWER_BYTES = 2**16

log = structlog.get_logger("poruchenie")


class WitnessRefusedError(UnavailableError):
    """A witness that did not cosign."""

    template = "The witness “{name}” did not cosign: {reason}."


def ask(settings: Settings, keys: Sequence[Verifier], witness: KnownWitness) -> Witnessed:
    """Have a witness cosign the last checkpoint. Raises WitnessRefusedError, ForeignAnswerError, LogError."""
    request = request_for(settings, keys, witness)
    status, answer = _post(settings, witness, request)
    if status == HTTPStatus.CONFLICT:
        request = request_for(settings, keys, witness, _size(witness, answer))
        status, answer = _post(settings, witness, request)
    if status != HTTPStatus.OK:
        raise _refused(witness, status, answer)
    return take(store_of(settings), witness, request.signed.note, answer)


def _note_clock(settings: Settings, witness: KnownWitness, answer: httpx.Response) -> None:
    """Its time, by the `Date` of its answer (RFC 9110, section 6.6.1), is another machine's clock."""
    try:
        shown = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        return
    # Without a zone it is UTC (RFC 9110, section 5.6.7).
    note(settings, witness.name, shown.astimezone(UTC) if shown.tzinfo else shown.replace(tzinfo=UTC), system_clock())


def _post(settings: Settings, witness: KnownWitness, request: Request) -> tuple[int, bytes]:
    """The status and the beginning of the answer. Raises WitnessRefusedError."""
    url = f"{(witness.url or '').rstrip('/')}/add-checkpoint"
    if not url.startswith(("http://", "https://")):
        raise WitnessRefusedError(name=witness.name, reason=f"{url}: http://… or https://…")
    try:
        with httpx.stream("POST", url, content=request.data, timeout=_PATIENCE_S) as answer:
            _note_clock(settings, witness, answer)
            return answer.status_code, _beginning(answer)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise WitnessRefusedError(name=witness.name, reason=error) from error


def _beginning(answer: httpx.Response) -> bytes:
    data = b""
    for piece in answer.iter_bytes():
        data += piece
        if len(data) >= _ANSWER_BYTES:
            break
    return data[:_ANSWER_BYTES]


def _size(witness: KnownWitness, answer: bytes) -> int:
    try:
        return number(answer.decode().removesuffix("\n"))
    except ValueError:
        raise _refused(witness, HTTPStatus.CONFLICT, answer) from None


def _refused(witness: KnownWitness, status: int, answer: bytes) -> WitnessRefusedError:
    return WitnessRefusedError(name=witness.name, reason=answer.decode(errors="replace").strip() or f"HTTP {status}")


def ask_all(installation: Installation) -> Iterator[Witnessed | RefusedError | LogError]:
    """Ask every witness with an address that has not cosigned the last checkpoint. Raises RefusedError, LogError."""
    policy, store = policy_of(installation.settings), store_of(installation.settings)
    addressed = [each for each in policy.witnesses.values() if each.url]
    note = store.checkpoint()
    if not addressed or note is None:
        return
    with installation.database.read() as session:
        keys = keys_of(session)
    size = Signed.open(note, keys).checkpoint.size
    for witness in addressed:
        try:
            if witnessed(store, witness).size < size:
                yield ask(installation.settings, keys, witness)
        except (RefusedError, LogError) as error:
            yield error


def follow_witnesses(installation: Installation, stop: threading.Event, every: float = EVERY_S) -> None:
    """Keep the witnesses up to date, until told to stop. What goes wrong is logged, and tried again."""
    while not stop.wait(every):
        try:
            for each in ask_all(installation):
                if isinstance(each, Witnessed):
                    log.info("log.witnessed", witness=each.witness.name, size=each.size)
                else:
                    log.error("log.not_witnessed", reason=str(each))
        except (RefusedError, LogError) as error:
            log.error("log.not_witnessed", reason=str(error))  # noqa: TRY400 - a sentence says more than a traceback
