"""The lifecycle of an assignment (item × addressee): the single source of what may happen to it."""

from enum import StrEnum

from states.lifecycle import NEW, Edge, Lifecycle, Need, Role


class State(StrEnum):
    """Where an assignment stands. *Overdue* and *extension requested* are derived facts, never states."""

    ASSIGNED = "assigned"  # entered by assign and restore; left by submit
    SUBMITTED = "submitted"  # entered by submit; left by review and return
    REVIEWED = "reviewed"  # entered by review; left by accept and return
    ACCEPTED = "accepted"  # entered by accept; left only by reopen
    RETURNED = "returned"  # entered by return and reopen; left by submit
    WITHDRAWN = "withdrawn"  # entered by withdraw; left only by restore


ASSIGNED, SUBMITTED, REVIEWED, ACCEPTED, RETURNED, WITHDRAWN = State
OPEN = (ASSIGNED, SUBMITTED, REVIEWED, RETURNED)
AT_EXECUTOR = (ASSIGNED, RETURNED)
AT_MINISTRY = (SUBMITTED, REVIEWED)

_EXECUTOR, _REVIEWER, _CONTROLLER = Role.EXECUTOR, Role.REVIEWER, Role.CONTROLLER
_REGISTRAR, _SYSTEM = Role.REGISTRAR, Role.SYSTEM

ASSIGNMENT = Lifecycle(
    name="assignment",
    version=1,
    edges=(
        Edge("assign", (NEW,), ASSIGNED, (_REGISTRAR, _SYSTEM)),
        Edge("acknowledge", (ASSIGNED,), None, (_EXECUTOR,)),
        Edge("submit", (*AT_EXECUTOR, SUBMITTED), SUBMITTED, (_EXECUTOR, _REGISTRAR), (Need.REPORT,)),
        Edge("check", (SUBMITTED,), None, (_SYSTEM,)),
        Edge("assign_reviewer", (SUBMITTED,), None, (_SYSTEM, _CONTROLLER), (Need.TARGET,)),
        Edge("review", (SUBMITTED,), REVIEWED, (_REVIEWER,), (Need.TEXT, Need.SEPARATION)),
        Edge("return", AT_MINISTRY, RETURNED, (_REVIEWER, _CONTROLLER), (Need.REASON,)),
        Edge("accept", (REVIEWED,), ACCEPTED, (_CONTROLLER,), (Need.SEPARATION,)),
        Edge("reopen", (ACCEPTED,), RETURNED, (_CONTROLLER,), (Need.BASIS,)),
        Edge("withdraw", OPEN, WITHDRAWN, (_CONTROLLER,), (Need.BASIS,)),
        Edge("restore", (WITHDRAWN,), ASSIGNED, (_CONTROLLER,), (Need.BASIS,)),
        Edge("request_extension", AT_EXECUTOR, None, (_EXECUTOR,), (Need.DUE, Need.REASON)),
        Edge("extend", AT_EXECUTOR, None, (_CONTROLLER,), (Need.BASIS,)),
        Edge("refuse_extension", AT_EXECUTOR, None, (_CONTROLLER,), (Need.BASIS,)),
        Edge("redate", OPEN, None, (_SYSTEM, _CONTROLLER), (Need.DUE, Need.REASON)),
        Edge("reassign", AT_EXECUTOR, None, (_EXECUTOR, _CONTROLLER), (Need.TARGET,)),
        Edge("transfer", (*AT_EXECUTOR, SUBMITTED), None, (_CONTROLLER,), (Need.TARGET, Need.BASIS)),
        Edge("remind", OPEN, None, (_SYSTEM,)),
        Edge("escalate", OPEN, None, (_SYSTEM,)),
        Edge("comment", tuple(State), None, (_EXECUTOR, _REGISTRAR, _REVIEWER, _CONTROLLER), (Need.TEXT,)),
    ),
)

PERSONAL = tuple(edge.action for edge in ASSIGNMENT.edges if set(edge.roles) - {_SYSTEM} and NEW not in edge.sources)
"""Actions that a person may take by hand; the others are the system's."""
