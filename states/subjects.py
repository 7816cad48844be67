"""The small lifecycles of everything else that has a trail: protocols, rosters, accounts, policy."""

from states.assignment import ASSIGNMENT
from states.lifecycle import NEW, Edge, Lifecycle, Need, Role

_KEEPERS = (Role.REGISTRAR, Role.CONTROLLER, Role.ADMIN)
_GRANTORS = (Role.ADMIN, Role.CONTROLLER, Role.SYSTEM)
_PERSONS = tuple(role for role in Role if role is not Role.SYSTEM)

PROTOCOL = Lifecycle(
    name="protocol",
    version=1,
    edges=(
        Edge("register", (NEW,), "under_control", (Role.REGISTRAR,)),
        Edge("expand", ("under_control",), None, (Role.REGISTRAR, Role.SYSTEM)),
        Edge("withdraw", ("under_control",), "withdrawn", (Role.CONTROLLER,), (Need.BASIS,)),
    ),
)

ORGANISATION = Lifecycle(
    name="organisation",
    version=1,
    edges=(
        Edge("create", (NEW,), "current", _KEEPERS),
        Edge("update", ("current",), None, _KEEPERS),
    ),
)

GROUP = Lifecycle(
    name="group",
    version=1,
    edges=(
        Edge("create", (NEW,), "current", _KEEPERS),
        Edge("update", ("current",), None, _KEEPERS),
    ),
)

ACCOUNT = Lifecycle(
    name="account",
    version=3,
    edges=(
        Edge("create", (NEW,), "active", _GRANTORS),
        Edge("update", ("active",), None, (Role.ADMIN, Role.CONTROLLER)),
        Edge("invite", ("active",), None, (Role.ADMIN, Role.CONTROLLER)),
        Edge("set_password", ("active",), None, _PERSONS),
        Edge("send_code", ("active",), None, (Role.SYSTEM,)),
        Edge("sign_in", ("active",), None, _PERSONS),
        Edge("refuse_sign_in", ("active",), None, (Role.SYSTEM,)),
        Edge("sign_out", ("active",), None, _PERSONS),
        Edge("issue_token", ("active",), None, _PERSONS),
        Edge("revoke_token", ("active",), None, _PERSONS),
        Edge("substitute", ("active",), None, (Role.ADMIN, Role.CONTROLLER), (Need.BASIS,)),
        Edge("close", ("active",), "closed", (Role.ADMIN, Role.CONTROLLER), (Need.BASIS,)),
    ),
)

POLICY = Lifecycle(
    name="policy",
    version=1,
    edges=(Edge("adopt", (NEW, "in_force"), "in_force", (Role.SYSTEM,)),),
)

LOG = Lifecycle(
    name="log",
    version=1,
    edges=(
        Edge("begin", (NEW,), "kept", (Role.SYSTEM,)),
        Edge("rotate", ("kept",), None, (Role.ADMIN,), (Need.BASIS,)),
        Edge("erase", ("kept",), None, (Role.CONTROLLER,), (Need.BASIS,)),
        Edge("resume", ("kept",), None, (Role.CONTROLLER,), (Need.BASIS,)),
    ),
)
"""The audit log itself: its keys, what was erased from it, and where it went on after a restored backup."""

LIFECYCLES = {each.name: each for each in (ASSIGNMENT, PROTOCOL, ORGANISATION, GROUP, ACCOUNT, POLICY, LOG)}
"""Kind of subject → its lifecycle today. A trail `kind:number` follows the lifecycle of its kind."""

PAST = frozenset(
    {
        bytes.fromhex("0883f4e7c2cec7eb31a884d2283160dd90fd938e7b10d75a42a88ad936cd4a27"),  # account, 1
        bytes.fromhex("e1f3b91f5477d44cbf22116bc4664f8f954d266c27e7c1a857f7898f66a100ca"),  # account, 2
    }
)
"""Hashes of the lifecycles of earlier versions. Whoever raises a version puts the old hash here."""

KNOWN = PAST | {each.hash for each in LIFECYCLES.values()}
"""The rules that a log may name. Others in a database are of somebody's own making, and no entry may rest on them."""
