"""The lifecycle of an assignment (item × addressee): the single source of what may happen to it."""

from enum import StrEnum

from states.actions import Action
from states.lifecycle import NEW, Edge, Lifecycle, Need, Presentation, Role
from states.refusal import N_


class State(StrEnum):
    """The state of an assignment. *Overdue* and *extension requested* are derived facts, never states."""

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
    version=2,
    edges=(
        Edge(
            Action.ASSIGN,
            (NEW,),
            ASSIGNED,
            (_REGISTRAR, _SYSTEM),
            sets=(
                "item_id",
                "organisation_id",
                "period",
                "due",
                "derivation",
                "late",
                "report_version",
                "assignee_id",
                "reviewer_id",
                "review_due",
                "extension_asked",
                "asked_late",
                "waits_for",
            ),
            shown=Presentation(N_("Assign"), N_("Assigned to the addressee"), N_("Assignment to the addressee")),
        ),
        Edge(
            Action.ACKNOWLEDGE,
            (ASSIGNED,),
            None,
            (_EXECUTOR,),
            sets=(),
            shown=Presentation(N_("Take into work"), N_("Taken into work"), N_("Acknowledgement"), by_mail=True),
        ),
        Edge(
            Action.SUBMIT,
            (*AT_EXECUTOR, SUBMITTED),
            SUBMITTED,
            (_EXECUTOR, _REGISTRAR),
            needs=(Need.REPORT,),
            sets=("report_version", "late", "review_due", "extension_asked", "asked_late"),
            shown=Presentation(
                N_("Submit the report"), N_("Report submitted"), N_("Submission of the report"), by_mail=True
            ),
        ),
        Edge(
            Action.CHECK,
            (SUBMITTED,),
            None,
            (_SYSTEM,),
            sets=(),
            shown=Presentation(N_("Check the report"), N_("Report checked"), N_("Check of the report")),
        ),
        Edge(
            Action.ASSIGN_REVIEWER,
            (SUBMITTED,),
            None,
            (_SYSTEM, _CONTROLLER),
            needs=(Need.TARGET,),
            sets=("reviewer_id",),
            shown=Presentation(
                N_("Appoint a reviewer"), N_("Reviewer appointed"), N_("Appointment of a reviewer"), several=True
            ),
        ),
        Edge(
            Action.REVIEW,
            (SUBMITTED,),
            REVIEWED,
            (_REVIEWER,),
            needs=(Need.TEXT, Need.SEPARATION),
            sets=("reviewer_id", "review_due"),
            shown=Presentation(
                N_("Give a positive conclusion"),
                N_("Positive conclusion given"),
                N_("Positive conclusion"),
                several=True,
            ),
        ),
        Edge(
            Action.RETURN,
            AT_MINISTRY,
            RETURNED,
            (_REVIEWER, _CONTROLLER),
            needs=(Need.REASON,),
            sets=("due", "derivation", "review_due"),
            shown=Presentation(
                N_("Return the report for rework"),
                N_("Report returned for rework"),
                N_("Return of the report for rework"),
                several=True,
                day=N_("To be mended by"),
            ),
        ),
        Edge(
            Action.ACCEPT,
            (REVIEWED,),
            ACCEPTED,
            (_CONTROLLER,),
            needs=(Need.SEPARATION,),
            sets=("review_due",),
            shown=Presentation(
                N_("Accept the report"), N_("Report accepted"), N_("Acceptance of the report"), several=True
            ),
        ),
        Edge(
            Action.REOPEN,
            (ACCEPTED,),
            RETURNED,
            (_CONTROLLER,),
            needs=(Need.BASIS,),
            sets=("due", "derivation", "review_due"),
            shown=Presentation(
                N_("Put back under control"),
                N_("Put back under control for rework"),
                N_("Return under control"),
                dangerous=True,
                several=True,
                day=N_("To be mended by"),
            ),
        ),
        Edge(
            Action.WITHDRAW,
            OPEN,
            WITHDRAWN,
            (_CONTROLLER,),
            needs=(Need.BASIS,),
            sets=("review_due", "extension_asked", "asked_late"),
            shown=Presentation(
                N_("Withdraw the assignment"),
                N_("Assignment withdrawn"),
                N_("Withdrawal of the assignment"),
                dangerous=True,
                several=True,
            ),
        ),
        Edge(
            Action.RESTORE,
            (WITHDRAWN,),
            ASSIGNED,
            (_CONTROLLER,),
            needs=(Need.BASIS,),
            sets=(),
            shown=Presentation(
                N_("Restore the assignment"),
                N_("Assignment restored"),
                N_("Restoration of the assignment"),
                several=True,
            ),
        ),
        Edge(
            Action.REQUEST_EXTENSION,
            AT_EXECUTOR,
            None,
            (_EXECUTOR,),
            needs=(Need.DUE, Need.REASON),
            sets=("extension_asked", "asked_late"),
            shown=Presentation(
                N_("Request an extension"),
                N_("Extension requested"),
                N_("Request for an extension"),
                by_mail=True,
                day=N_("Until when"),
            ),
        ),
        Edge(
            Action.EXTEND,
            AT_EXECUTOR,
            None,
            (_CONTROLLER,),
            needs=(Need.BASIS,),
            sets=("due", "derivation", "late", "extension_asked", "asked_late"),
            shown=Presentation(
                N_("Extend the deadline"),
                N_("Deadline extended"),
                N_("Extension of the deadline"),
                several=True,
                day=N_("Until when"),
            ),
        ),
        Edge(
            Action.REFUSE_EXTENSION,
            AT_EXECUTOR,
            None,
            (_CONTROLLER,),
            needs=(Need.BASIS,),
            sets=("extension_asked", "asked_late"),
            shown=Presentation(
                N_("Refuse the extension"), N_("Extension refused"), N_("Refusal of the extension"), several=True
            ),
        ),
        Edge(
            Action.REDATE,
            OPEN,
            None,
            (_SYSTEM, _CONTROLLER),
            needs=(Need.DUE, Need.REASON),
            sets=("due", "derivation", "late", "waits_for"),
            shown=Presentation(
                N_("Change the deadline"),
                N_("Deadline changed"),
                N_("Change of the deadline"),
                several=True,
                day=N_("New deadline"),
            ),
        ),
        Edge(
            Action.REASSIGN,
            AT_EXECUTOR,
            None,
            (_EXECUTOR, _CONTROLLER),
            needs=(Need.TARGET,),
            sets=("assignee_id",),
            shown=Presentation(
                N_("Name who is in charge"), N_("Person in charge named"), N_("Naming of the person in charge")
            ),
        ),
        Edge(
            Action.TRANSFER,
            (*AT_EXECUTOR, SUBMITTED),
            None,
            (_CONTROLLER,),
            needs=(Need.TARGET, Need.BASIS),
            sets=("organisation_id", "assignee_id"),
            shown=Presentation(
                N_("Transfer to the successor"),
                N_("Transferred to the successor"),
                N_("Transfer to the successor organisation"),
                dangerous=True,
            ),
        ),
        Edge(
            Action.REMIND,
            OPEN,
            None,
            (_SYSTEM,),
            sets=(),
            shown=Presentation(N_("Remind"), N_("Reminder given"), N_("Reminder")),
        ),
        Edge(
            Action.ESCALATE,
            OPEN,
            None,
            (_SYSTEM,),
            sets=(),
            shown=Presentation(N_("Escalate"), N_("Escalated"), N_("Escalation")),
        ),
        Edge(
            Action.COMMENT,
            tuple(State),
            None,
            (_EXECUTOR, _REGISTRAR, _REVIEWER, _CONTROLLER),
            needs=(Need.TEXT,),
            sets=(),
            shown=Presentation(N_("Write a comment"), N_("Comment written"), N_("Comment"), by_mail=True),
        ),
    ),
)

PERSONAL = tuple(edge.action for edge in ASSIGNMENT.edges if set(edge.roles) - {_SYSTEM} and NEW not in edge.sources)
"""Actions that a person may take by hand; the others are the system's."""
