"""What may happen to an assignment: every state × action × role, against the table of the design, typed in by hand."""

import pytest

from states.assignment import ASSIGNMENT, OPEN, PERSONAL, State
from states.lifecycle import NEW, Need, Role, UnknownActionError, WrongRoleError, WrongStateError

STATES = (NEW, "assigned", "submitted", "reviewed", "returned", "accepted", "withdrawn")
LETTERS = {"A": "assigned", "S": "submitted", "V": "reviewed", "R": "returned", "C": "accepted", "W": "withdrawn"}

# A letter: the state that follows. `=`: the state stays. `.`: not possible.
TABLE = """
                    new assigned submitted reviewed returned accepted withdrawn
assign               A     .         .        .        .        .        .      registrar system
acknowledge          .     =         .        .        .        .        .      executor
submit               .     S         =        .        S        .        .      executor registrar
check                .     .         =        .        .        .        .      system
assign_reviewer      .     .         =        .        .        .        .      system controller
review               .     .         V        .        .        .        .      reviewer
return               .     .         R        R        .        .        .      reviewer controller
accept               .     .         .        C        .        .        .      controller
reopen               .     .         .        .        .        R        .      controller
withdraw             .     W         W        W        W        .        .      controller
restore              .     .         .        .        .        .        A      controller
request_extension    .     =         .        .        =        .        .      executor
extend               .     =         .        .        =        .        .      controller
refuse_extension     .     =         .        .        =        .        .      controller
redate               .     =         =        =        =        .        .      system controller
reassign             .     =         .        .        =        .        .      executor controller
transfer             .     =         =        .        =        .        .      controller
remind               .     =         =        =        =        .        .      system
escalate             .     =         =        =        =        .        .      system
comment              .     =         =        =        =        =        =      executor registrar reviewer controller
"""

NEEDS = {
    "submit": {"report"},
    "assign_reviewer": {"target"},
    "review": {"text", "separation"},
    "return": {"reason"},
    "accept": {"separation"},
    "reopen": {"basis"},
    "withdraw": {"basis"},
    "restore": {"basis"},
    "request_extension": {"due", "reason"},
    "extend": {"basis"},
    "refuse_extension": {"basis"},
    "redate": {"due", "reason"},
    "reassign": {"target"},
    "transfer": {"target", "basis"},
    "comment": {"text"},
}


def rows() -> dict[str, tuple[dict[str, str], set[str]]]:
    """Action → what follows from each state where it is possible, and whose it is."""
    table = {}
    for line in TABLE.splitlines()[2:]:
        action, *rest = line.split()
        cells = zip(STATES, rest, strict=False)
        follows = {state: state if cell == "=" else LETTERS[cell] for state, cell in cells if cell != "."}
        table[action] = (follows, set(rest[len(STATES) :]))
    return table


DESIGN = rows()


def test_a_state_may_be_given_by_its_name_or_as_a_member() -> None:
    assert ASSIGNMENT.move(State.ASSIGNED, "submit", Role.EXECUTOR) == "submitted"
    assert type(ASSIGNMENT.move(State.SUBMITTED, "check", Role.SYSTEM)) is str


def test_the_design_names_every_action_and_every_state() -> None:
    assert list(ASSIGNMENT.by_action) == list(DESIGN)
    assert set(ASSIGNMENT.states) == set(State) == set(STATES) - {NEW}


def taken(state: str, action: str, role: Role) -> str | type[Exception]:
    """The state that follows, or the refusal."""
    try:
        return ASSIGNMENT.move(state, action, role)
    except (WrongRoleError, WrongStateError) as refused:
        return type(refused)


@pytest.mark.parametrize("action", DESIGN)
@pytest.mark.parametrize("role", Role)
def test_an_action_is_open_exactly_where_the_design_says(action: str, role: Role) -> None:
    follows, roles = DESIGN[action]
    expected = {state: follows.get(state, WrongStateError) if role in roles else WrongRoleError for state in STATES}
    assert {state: taken(state, action, role) for state in STATES} == expected


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("role", Role)
def test_a_page_offers_exactly_what_is_possible(state: str, role: Role) -> None:
    possible = [action for action, (follows, roles) in DESIGN.items() if state in follows and role in roles]
    assert list(ASSIGNMENT.permitted(state, role)) == possible


@pytest.mark.parametrize("action", DESIGN)
def test_an_action_demands_what_the_design_says(action: str) -> None:
    assert {str(need) for need in ASSIGNMENT.edge(action).needs} == NEEDS.get(action, set())


def test_whatever_rests_on_a_decision_of_somebody_needs_its_basis() -> None:
    demanding = {edge.action for edge in ASSIGNMENT.edges if Need.BASIS in edge.needs}
    assert demanding == {"reopen", "withdraw", "restore", "extend", "refuse_extension", "transfer"}


def test_who_reads_only_and_who_keeps_accounts_may_take_no_action_at_all() -> None:
    for role in (Role.LEADER, Role.ADMIN):
        assert [ASSIGNMENT.permitted(state, role) for state in STATES] == [()] * len(STATES)


def test_open_states_are_those_that_can_be_withdrawn() -> None:
    assert set(OPEN) == set(DESIGN["withdraw"][0])


def test_what_only_the_flows_do_is_not_offered_to_persons() -> None:
    assert set(DESIGN) - set(PERSONAL) == {"assign", "check", "remind", "escalate"}


def test_the_legal_edges_of_the_database_are_those_of_the_design() -> None:
    expected = {(action, state, after) for action, (follows, _) in DESIGN.items() for state, after in follows.items()}
    legal = list(ASSIGNMENT.legal())
    assert set(legal) == expected
    assert len(legal) == len(expected)


def test_an_action_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(UnknownActionError, match=r"no action “approve”\. Actions: accept, acknowledge, assign, "):
        ASSIGNMENT.move("assigned", "approve", Role.CONTROLLER)


@pytest.mark.parametrize("state", ["approved", "", "Assigned", "assigned "])
def test_a_state_that_does_not_exist_permits_nothing(state: str) -> None:
    assert ASSIGNMENT.permitted(state, Role.EXECUTOR) == ()
    with pytest.raises(WrongStateError, match=f"the state is “{state}”; possible now: —"):
        ASSIGNMENT.move(state, "submit", Role.EXECUTOR)


def test_a_refusal_says_what_is_possible_instead() -> None:
    with pytest.raises(WrongStateError, match="possible now: return, accept, withdraw, redate, comment"):
        ASSIGNMENT.move("reviewed", "extend", Role.CONTROLLER)
    with pytest.raises(WrongRoleError, match="“leader” may not take the action “accept”; it is for: controller"):
        ASSIGNMENT.move("reviewed", "accept", Role.LEADER)
