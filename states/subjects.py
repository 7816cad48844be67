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
    version=1,
    edges=(
        Edge(
            Action.REGISTER,
            (NEW,),
            ProtocolState.UNDER_CONTROL,
            (Role.REGISTRAR,),
            shown=Presentation(
                N_("Register the protocol"), N_("Protocol registered"), N_("Registration of the protocol")
            ),
        ),
        Edge(
            Action.EXPAND,
            (ProtocolState.UNDER_CONTROL,),
            None,
            (Role.REGISTRAR, Role.SYSTEM),
            shown=Presentation(N_("Make the assignments"), N_("Assignments made"), N_("Making of the assignments")),
        ),
        Edge(
            Action.WITHDRAW,
            (ProtocolState.UNDER_CONTROL,),
            ProtocolState.WITHDRAWN,
            (Role.CONTROLLER,),
            needs=(Need.BASIS,),
            shown=Presentation(
                N_("Withdraw the protocol"), N_("Protocol withdrawn"), N_("Withdrawal of the protocol"), dangerous=True
            ),
        ),
    ),
)

ORGANISATION = Lifecycle(
    name="organisation",
    version=1,
    edges=(
        Edge(
            Action.CREATE,
            (NEW,),
            RosterState.CURRENT,
            _KEEPERS,
            shown=Presentation(
                N_("Add the organisation"), N_("Organisation added"), N_("Addition of the organisation")
            ),
        ),
        Edge(
            Action.UPDATE,
            _CURRENT,
            None,
            _KEEPERS,
            shown=Presentation(
                N_("Change the organisation"), N_("Organisation changed"), N_("Change of the organisation")
            ),
        ),
    ),
)

GROUP = Lifecycle(
    name="group",
    version=1,
    edges=(
        Edge(
            Action.CREATE,
            (NEW,),
            RosterState.CURRENT,
            _KEEPERS,
            shown=Presentation(N_("Add the group"), N_("Group added"), N_("Addition of the group")),
        ),
        Edge(
            Action.UPDATE,
            _CURRENT,
            None,
            _KEEPERS,
            shown=Presentation(N_("Change the group"), N_("Group changed"), N_("Change of the group")),
        ),
    ),
)

ACCOUNT = Lifecycle(
    name="account",
    version=3,
    edges=(
        Edge(
            Action.CREATE,
            (NEW,),
            AccountState.ACTIVE,
            _GRANTORS,
            shown=Presentation(N_("Create the account"), N_("Account created"), N_("Creation of the account")),
        ),
        Edge(
            Action.UPDATE,
            _ACTIVE,
            None,
            (Role.ADMIN, Role.CONTROLLER),
            shown=Presentation(N_("Change the account"), N_("Account changed"), N_("Change of the account")),
        ),
        Edge(
            Action.INVITE,
            _ACTIVE,
            None,
            (Role.ADMIN, Role.CONTROLLER),
            shown=Presentation(N_("Invite"), N_("Invitation made"), N_("Invitation")),
        ),
        Edge(
            Action.SET_PASSWORD,
            _ACTIVE,
            None,
            _PERSONS,
            shown=Presentation(N_("Set the password"), N_("Password set"), N_("Setting of the password")),
        ),
        Edge(
            Action.SEND_CODE,
            _ACTIVE,
            None,
            (Role.SYSTEM,),
            shown=Presentation(N_("Send a code"), N_("Code sent"), N_("Sending of a code")),
        ),
        Edge(
            Action.SIGN_IN,
            _ACTIVE,
            None,
            _PERSONS,
            shown=Presentation(N_("Sign in to the desk"), N_("Signed in"), N_("Signing in")),
        ),
        Edge(
            Action.REFUSE_SIGN_IN,
            _ACTIVE,
            None,
            (Role.SYSTEM,),
            shown=Presentation(N_("Refuse to let in"), N_("Not let in"), N_("Refusal to let in")),
        ),
        Edge(
            Action.SIGN_OUT,
            _ACTIVE,
            None,
            _PERSONS,
            shown=Presentation(N_("Sign out of the desk"), N_("Signed out"), N_("Signing out")),
        ),
        Edge(
            Action.ISSUE_TOKEN,
            _ACTIVE,
            None,
            _PERSONS,
            shown=Presentation(N_("Issue a token"), N_("Token issued"), N_("Issue of a token")),
        ),
        Edge(
            Action.REVOKE_TOKEN,
            _ACTIVE,
            None,
            _PERSONS,
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
            shown=Presentation(
                N_("Close the account"), N_("Account closed"), N_("Closing of the account"), dangerous=True
            ),
        ),
    ),
)

POLICY = Lifecycle(
    name="policy",
    version=1,
    edges=(
        Edge(
            Action.ADOPT,
            (NEW, PolicyState.IN_FORCE),
            PolicyState.IN_FORCE,
            (Role.SYSTEM,),
            shown=Presentation(N_("Put the policy in force"), N_("Policy put in force"), N_("Adoption of the policy")),
        ),
    ),
)

LOG = Lifecycle(
    name="log",
    version=1,
    edges=(
        Edge(
            Action.BEGIN,
            (NEW,),
            LogState.KEPT,
            (Role.SYSTEM,),
            shown=Presentation(N_("Begin the log"), N_("Log begun"), N_("Beginning of the log")),
        ),
        Edge(
            Action.ROTATE,
            _KEPT,
            None,
            (Role.ADMIN,),
            needs=(Need.BASIS,),
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
            (Role.CONTROLLER,),
            needs=(Need.BASIS,),
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
            shown=Presentation(
                N_("Go on with the log"), N_("Log gone on with"), N_("Resumption of the log"), dangerous=True
            ),
        ),
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
