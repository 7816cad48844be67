"""The words that both offline verifiers carry: roles, states, actions, fields of entries, as the catalogue has them."""

import json
import re
from pathlib import Path

from commands.context.language import speaking, tr
from states.lifecycle import NEW, Role
from states.subjects import LIFECYCLES
from tests.sentences import ROOT

MARK = re.compile(r"(<words>[^\n]*\n).*?([^\n]*</words>)", re.DOTALL)
FIELDS = {"note": "Note", "files": "Files", "findings": "Findings", "channel": "Channel", "name": "Name"}
AROUND = {
    "py": ('WORDS: Mapping[str, Sequence[str]] = json.loads(r"""{\n', '\n}""")\n'),
    "html": ("const WORDS = {\n", "\n};\n"),
}


def words() -> dict[str, tuple[str, str]]:
    """Key → (English, Russian). An action's word hangs on the kind of its subject."""
    told: dict[str, str] = {f"role:{role}": str(role) for role in Role} | {f"state:{NEW}": "—"}
    for kind, lifecycle in LIFECYCLES.items():
        told[f"kind:{kind}"] = str(kind)
        told |= {f"state:{state}": str(state) for state in lifecycle.states}
        told |= {f"action:{kind}.{edge.action}": str(edge.shown.done) for edge in lifecycle.edges if edge.shown}
    told |= {f"field:{name}": word for name, word in FIELDS.items()}
    with speaking("ru"):
        russian = {key: tr(word) for key, word in told.items()}
    return {key: (told[key].replace("_", " "), russian[key]) for key in sorted(told)}


def verifiers() -> dict[Path, str]:
    """Both files as they should be."""
    return {ROOT / "audit" / f"offline_verifier.{end}": _embedded(end) for end in AROUND}


def _embedded(end: str) -> str:
    lines = (f"  {json.dumps(key)}: {json.dumps(both, ensure_ascii=False)}" for key, both in words().items())
    before, after = AROUND[end]
    block, text = before + ",\n".join(lines) + after, (ROOT / "audit" / f"offline_verifier.{end}").read_text("utf-8")
    made, count = MARK.subn(lambda found: found[1] + block + found[2], text)
    assert count == 1, f"offline_verifier.{end} has no place for its words"
    return made
