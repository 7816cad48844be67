"""Subjects: whatever has a trail, with the small lifecycles of all that are no assignments."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from states.actions import Action
from states.assignment import ASSIGNMENT
from states.lifecycle import NEW, Edge, Lifecycle, Need, Presentation, Role
from states.refusal import N_


class ProtocolState(StrEnum):
    """The state of a protocol."""

    UNDER_CONTROL = "under_control"
    WITHDRAWN = "withdrawn"


class RosterState(StrEnum):
    """The state of an organisation or a group."""

    CURRENT = "current"


class AccountState(StrEnum):
    """The state of an account."""

    ACTIVE = "active"
    CLOSED = "closed"


class PolicyState(StrEnum):
    """The state of the policy."""

    IN_FORCE = "in_force"


class LogState(StrEnum):
    """The state of the audit log itself."""

    KEPT = "kept"


_KEEPERS = (Role.REGISTRAR, Role.CONTROLLER, Role.ADMIN)
_GRANTORS = (Role.ADMIN, Role.CONTROLLER, Role.SYSTEM)
_PERSONS = tuple(role for role in Role if role is not Role.SYSTEM)
_CURRENT = (RosterState.CURRENT,)
_ACTIVE = (AccountState.ACTIVE,)
_KEPT = (LogState.KEPT,)

PROTOCOL = Lifecycle(
    name="protocol",
    version=2,
    edges=(
        Edge(
            Action.REGISTER,
            (NEW,),
            ProtocolState.UNDER_CONTROL,
            (Role.REGISTRAR,),
            sets=(
                "number",
                "date",
                "title",
                "place",
                "body",
                "signatory",
                "filename",
                "source_hash",
                "content_hash",
                "department_id",
                "supersedes_id",
                "registered_at",
                "expanded",
                "items",
                "addressings",
            ),
            shown=Presentation(
                N_("Register the protocol"), N_("Protocol registered"), N_("Registration of the protocol")
            ),
        ),
        Edge(
            Action.EXPAND,
            (ProtocolState.UNDER_CONTROL,),
            None,
            (Role.REGISTRAR, Role.SYSTEM),
            sets=("expanded",),
            shown=Presentation(N_("Make the assignments"), N_("Assignments made"), N_("Making of the assignments")),
        ),
        Edge(
            Action.WITHDRAW,
            (ProtocolState.UNDER_CONTROL,),
            ProtocolState.WITHDRAWN,
            (Role.CONTROLLER,),
            needs=(Need.BASIS,),
            sets=(),
            shown=Presentation(
                N_("Withdraw the protocol"), N_("Protocol withdrawn"), N_("Withdrawal of the protocol"), dangerous=True
            ),
        ),
    ),
)

ORGANISATION = Lifecycle(
    name="organisation",
    version=2,
    edges=(
        Edge(
            Action.CREATE,
            (NEW,),
            RosterState.CURRENT,
            _KEEPERS,
            sets=("name", "superior_id", "email", "head_name"),
            shown=Presentation(
                N_("Add the organisation"), N_("Organisation added"), N_("Addition of the organisation")
            ),
        ),
        Edge(
            Action.UPDATE,
            _CURRENT,
            None,
            _KEEPERS,
            sets=("name", "superior_id", "email", "head_name"),
            shown=Presentation(
                N_("Change the organisation"), N_("Organisation changed"), N_("Change of the organisation")
            ),
        ),
    ),
)

GROUP = Lifecycle(
    name="group",
    version=2,
    edges=(
        Edge(
            Action.CREATE,
            (NEW,),
            RosterState.CURRENT,
            _KEEPERS,
            sets=("name", "aliases", "memberships"),
            shown=Presentation(N_("Add the group"), N_("Group added"), N_("Addition of the group")),
        ),
        Edge(
            Action.UPDATE,
            _CURRENT,
            None,
            _KEEPERS,
            sets=("aliases", "memberships"),
            shown=Presentation(N_("Change the group"), N_("Group changed"), N_("Change of the group")),
        ),
    ),
)

ACCOUNT = Lifecycle(
    name="account",
    version=4,
    edges=(
        Edge(
            Action.CREATE,
            (NEW,),
            AccountState.ACTIVE,
            _GRANTORS,
            sets=("login", "role", "person_id", "organisation_id", "name", "email"),
            shown=Presentation(N_("Create the account"), N_("Account created"), N_("Creation of the account")),
        ),
        Edge(
            Action.UPDATE,
            _ACTIVE,
            None,
            (Role.ADMIN, Role.CONTROLLER),
            sets=("name", "email"),
            shown=Presentation(N_("Change the account"), N_("Account changed"), N_("Change of the account")),
        ),
        Edge(
            Action.INVITE,
            _ACTIVE,
            None,
            (Role.ADMIN, Role.CONTROLLER),
            sets=("invitations",),
            shown=Presentation(N_("Invite"), N_("Invitation made"), N_("Invitation")),
        ),
        Edge(
            Action.SET_PASSWORD,
            _ACTIVE,
            None,
            _PERSONS,
            sets=("credential", "invitations", "sessions"),
            shown=Presentation(N_("Set the password"), N_("Password set"), N_("Setting of the password")),
        ),
        Edge(
            Action.SEND_CODE,
            _ACTIVE,
            None,
            (Role.SYSTEM,),
            sets=("codes",),
            shown=Presentation(N_("Send a code"), N_("Code sent"), N_("Sending of a code")),
        ),
        Edge(
            Action.SIGN_IN,
            _ACTIVE,
            None,
            _PERSONS,
            sets=("sessions", "codes"),
            shown=Presentation(N_("Sign in to the desk"), N_("Signed in"), N_("Signing in")),
        ),
        Edge(
            Action.REFUSE_SIGN_IN,
            _ACTIVE,
            None,
            (Role.SYSTEM,),
            sets=(),
            shown=Presentation(N_("Refuse to let in"), N_("Not let in"), N_("Refusal to let in")),
        ),
        Edge(
            Action.SIGN_OUT,
            _ACTIVE,
            None,
            _PERSONS,
            sets=("sessions",),
            shown=Presentation(N_("Sign out of the desk"), N_("Signed out"), N_("Signing out")),
        ),
        Edge(
            Action.ISSUE_TOKEN,
            _ACTIVE,
            None,
            _PERSONS,
            sets=("tokens",),
            shown=Presentation(N_("Issue a token"), N_("Token issued"), N_("Issue of a token")),
        ),
        Edge(
            Action.REVOKE_TOKEN,
            _ACTIVE,
            None,
            _PERSONS,
            sets=("tokens",),
            shown=Presentation(
                N_("Revoke the token"), N_("Token revoked"), N_("Revocation of the token"), dangerous=True
            ),
        ),
        Edge(
            Action.SUBSTITUTE,
            _ACTIVE,
            None,
            (Role.ADMIN, Role.CONTROLLER),
            needs=(Need.BASIS,),
            sets=("substitutions",),
            shown=Presentation(
                N_("Appoint a substitute"), N_("Substitute appointed"), N_("Appointment of a substitute")
            ),
        ),
        Edge(
            Action.CLOSE,
            _ACTIVE,
            AccountState.CLOSED,
            (Role.ADMIN, Role.CONTROLLER),
            needs=(Need.BASIS,),
            sets=(),
            shown=Presentation(
                N_("Close the account"), N_("Account closed"), N_("Closing of the account"), dangerous=True
            ),
        ),
    ),
)

POLICY = Lifecycle(
    name="policy",
    version=2,
    edges=(
        Edge(
            Action.ADOPT,
            (NEW, PolicyState.IN_FORCE),
            PolicyState.IN_FORCE,
            (Role.SYSTEM,),
            sets=("content_hash", "content"),
            shown=Presentation(N_("Put the policy in force"), N_("Policy put in force"), N_("Adoption of the policy")),
        ),
    ),
)

LOG = Lifecycle(
    name="log",
    version=2,
    edges=(
        Edge(
            Action.BEGIN,
            (NEW,),
            LogState.KEPT,
            (Role.SYSTEM,),
            sets=("origin", "keys", "witnesses"),
            shown=Presentation(N_("Begin the log"), N_("Log begun"), N_("Beginning of the log")),
        ),
        Edge(
            Action.ROTATE,
            _KEPT,
            None,
            (Role.ADMIN,),
            needs=(Need.BASIS,),
            sets=("keys",),
            shown=Presentation(
                N_("Change the keys of the log"),
                N_("Keys of the log changed"),
                N_("Change of the keys of the log"),
                dangerous=True,
            ),
        ),
        Edge(
            Action.ERASE,
            _KEPT,
            None,
            (Role.CONTROLLER, Role.LEADER),
            needs=(Need.BASIS,),
            sets=(),
            shown=Presentation(
                N_("Erase personal data"), N_("Personal data erased"), N_("Erasure of personal data"), dangerous=True
            ),
        ),
        Edge(
            Action.RESUME,
            _KEPT,
            None,
            (Role.CONTROLLER,),
            needs=(Need.BASIS,),
            sets=(),
            shown=Presentation(
                N_("Go on with the log"), N_("Log gone on with"), N_("Resumption of the log"), dangerous=True
            ),
        ),
        Edge(
            Action.UPGRADE,
            _KEPT,
            None,
            (Role.SYSTEM,),
            sets=(),
            shown=Presentation(N_("Upgrade the program"), N_("Program upgraded"), N_("Upgrade of the program")),
        ),
        Edge(
            Action.FILL_PLACE,
            _KEPT,
            None,
            (Role.CONTROLLER, Role.ADMIN),
            needs=(Need.BASIS,),
            sets=(),
            shown=Presentation(
                N_("Fill an empty place of the log"),
                N_("Empty place of the log filled"),
                N_("Filling of an empty place of the log"),
                dangerous=True,
            ),
        ),
        Edge(
            Action.ADOPT_WITNESSES,
            _KEPT,
            None,
            (Role.SYSTEM, Role.ADMIN),
            sets=("witnesses",),
            shown=Presentation(
                N_("Adopt the witness policy"), N_("Witness policy adopted"), N_("Adoption of the witness policy")
            ),
        ),
        Edge(
            Action.ASK_ERASURE,
            _KEPT,
            None,
            (Role.CONTROLLER,),
            needs=(Need.BASIS,),
            sets=(),
            shown=Presentation(N_("Ask for an erasure"), N_("Erasure asked for"), N_("Request for an erasure")),
        ),
        Edge(
            Action.REPAIR,
            _KEPT,
            None,
            (Role.CONTROLLER, Role.ADMIN),
            needs=(Need.BASIS,),
            sets=(),
            shown=Presentation(
                N_("Repair derived data"), N_("Derived data repaired"), N_("Repair of derived data"), dangerous=True
            ),
        ),
        Edge(
            Action.PROCEED,
            _KEPT,
            None,
            (Role.CONTROLLER,),
            needs=(Need.BASIS,),
            sets=(),
            shown=Presentation(
                N_("Let the sweeps go on"), N_("Sweeps let go on"), N_("Permission for the sweeps"), dangerous=True
            ),
        ),
    ),
)
"""The audit log itself: its keys and witnesses, what was erased from it, where it went on after a restored backup."""

LIFECYCLES = {each.name: each for each in (ASSIGNMENT, PROTOCOL, ORGANISATION, GROUP, ACCOUNT, POLICY, LOG)}
"""Kind of subject → its lifecycle today. A trail `kind:number` follows the lifecycle of its kind."""

PAST = frozenset(
    {
        bytes.fromhex("0883f4e7c2cec7eb31a884d2283160dd90fd938e7b10d75a42a88ad936cd4a27"),  # account, 1
        bytes.fromhex("e1f3b91f5477d44cbf22116bc4664f8f954d266c27e7c1a857f7898f66a100ca"),  # account, 2
        bytes.fromhex("725adb05bd5d1eb14deb991726771c741e3a398868730d4332020438f30e919c"),  # account, 3
        bytes.fromhex("cc231181a1eb2c5b8b8d29ecbf35d097510c13d632c01871317963ec2adff341"),  # assignment, 1
        bytes.fromhex("9d3a9aceb87753682dc1700c8148592bf6f0c13340fb466170b4948c56282821"),  # group, 1
        bytes.fromhex("bd483b1ca6d12ddfa0ec4fcadab3bb994c42e86000a6f3db9c54b749445033b7"),  # log, 1
        bytes.fromhex("54489660855f7805e9778f8958cdf52997839c42168ee91efc3a3c8ae00e88cf"),  # organisation, 1
        bytes.fromhex("5879ea337038e593f2a8a68241f18d1cefc03c98520c599de197884ffadae7f8"),  # policy, 1
        bytes.fromhex("7ff0e91e7f7b4bbf36eae42873611f3569ceed7d182e3498baf4eb410bdc8161"),  # protocol, 1
    }
)
"""Hashes of the lifecycles of earlier versions. Whoever raises a version puts the old hash here."""

LOG_BEFORE = bytes.fromhex("bd483b1ca6d12ddfa0ec4fcadab3bb994c42e86000a6f3db9c54b749445033b7")
"""The log's lifecycle, version 1: of before actions declared what they write."""

KNOWN = PAST | {each.hash for each in LIFECYCLES.values()}
"""The rules that a log may name. Others in a database are of somebody's own making, and no entry may rest on them."""


_NUMBER = re.compile("[1-9][0-9]{0,17}")


class Kind(StrEnum):
    """A kind of subject: the name of its lifecycle, and the beginning of its trails."""

    ASSIGNMENT = "assignment"
    PROTOCOL = "protocol"
    ORGANISATION = "organisation"
    GROUP = "group"
    ACCOUNT = "account"
    POLICY = "policy"
    LOG = "log"


@dataclass(frozen=True, slots=True)
class Subject:
    """One subject: a kind and a number."""

    kind: Kind
    number: int

    @property
    def trail(self) -> str:
        """The name of its trail, such as `assignment:5`; letters and addresses name it so too."""
        return f"{self.kind}:{self.number}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The inverse of `trail`; None for any other text, however close."""
        kind, _, number = text.partition(":")
        found = kind in LIFECYCLES and _NUMBER.fullmatch(number)
        return cls(Kind(kind), int(number)) if found else None
