"""Actions are declared once: every table by action is held against the lifecycles, every lifecycle against its past."""

import pytest

from commands.assignments.effects import EFFECTS
from commands.mail.digests import HEADINGS, OPENED
from commands.mail.links import BY_MAIL
from desk.pages.forms import action_form
from desk.pages.screens.bulk_action import SEVERAL
from states.actions import Action
from states.assignment import ASSIGNMENT, PERSONAL
from states.lifecycle import Edge, Lifecycle, Need, Role
from states.subjects import KNOWN, LIFECYCLES, PAST, Kind

ISSUED = {
    ("account", 1): "0883f4e7c2cec7eb31a884d2283160dd90fd938e7b10d75a42a88ad936cd4a27",
    ("account", 2): "e1f3b91f5477d44cbf22116bc4664f8f954d266c27e7c1a857f7898f66a100ca",
    ("account", 3): "725adb05bd5d1eb14deb991726771c741e3a398868730d4332020438f30e919c",
    ("account", 4): "ad18d10cd67aeee8752daf9f46e0b10dd5754ed7926192ad689d8e0faacd4cc2",
    ("assignment", 1): "cc231181a1eb2c5b8b8d29ecbf35d097510c13d632c01871317963ec2adff341",
    ("assignment", 2): "62a47647c3fdd1037c979004eced17c86ffc93549f7bfc9aa0044d6e76e8272a",
    ("group", 1): "9d3a9aceb87753682dc1700c8148592bf6f0c13340fb466170b4948c56282821",
    ("group", 2): "2c98153996cfe0f2edb431581cdc988e2214697c48c80f9000281f69f23fb2d6",
    ("log", 1): "bd483b1ca6d12ddfa0ec4fcadab3bb994c42e86000a6f3db9c54b749445033b7",
    ("log", 2): "460dc7f86298bbe6e998c260013530a04c09d4d6b351838c6774403ed3ad9c93",
    ("organisation", 1): "54489660855f7805e9778f8958cdf52997839c42168ee91efc3a3c8ae00e88cf",
    ("organisation", 2): "695abbd3b821a2d3137a6fa0f5cdaa84807ad25d5030fce84819db6f6f0aa1e3",
    ("policy", 1): "5879ea337038e593f2a8a68241f18d1cefc03c98520c599de197884ffadae7f8",
    ("policy", 2): "99c969c92b51b221075276a21c1be72f36db944ce97b76aaef3d9ccc47ded4a3",
    ("protocol", 1): "7ff0e91e7f7b4bbf36eae42873611f3569ceed7d182e3498baf4eb410bdc8161",
    ("protocol", 2): "0f6dc2d0618465e7494d36de8ad7f84eefb5cc7360e79f03fd84b7cc5abd2230",
}
"""Every lifecycle version that a log may name: an edge or a need that changes raises the version and adds a line."""

EDGES = [
    pytest.param(edge, id=f"{lifecycle.name}.{edge.action}")
    for lifecycle in LIFECYCLES.values()
    for edge in lifecycle.edges
]


@pytest.mark.parametrize("lifecycle", LIFECYCLES.values(), ids=LIFECYCLES)
def test_a_version_once_issued_never_changes(lifecycle: Lifecycle) -> None:
    assert lifecycle.hash.hex() == ISSUED[lifecycle.name, lifecycle.version]


def test_every_version_issued_is_still_known() -> None:
    assert {digest.hex() for digest in KNOWN} == set(ISSUED.values())
    assert {digest.hex() for digest in PAST} < set(ISSUED.values())
    assert {name for name, _ in ISSUED} == set(LIFECYCLES) == set(Kind)


def test_every_action_belongs_to_a_lifecycle_and_every_edge_bears_one() -> None:
    borne = {edge.action for lifecycle in LIFECYCLES.values() for edge in lifecycle.edges}
    assert borne == set(Action)
    assert all(isinstance(action, Action) for action in borne)


@pytest.mark.parametrize("edge", EDGES)
def test_every_edge_has_its_three_words(edge: Edge) -> None:
    assert edge.shown is not None
    spoken = [edge.shown.label, edge.shown.done, edge.shown.noun]
    assert all(each[0].isupper() and not each.endswith(".") for each in spoken)
    assert len(set(spoken)) == 3


def test_a_date_is_asked_for_wherever_one_is_needed() -> None:
    for edge in ASSIGNMENT.edges:
        assert edge.shown is not None
        if Need.DUE in edge.needs:
            assert edge.shown.day, edge.action


def test_what_a_person_may_do_has_an_effect_and_nothing_else_has() -> None:
    assert set(EFFECTS) == set(PERSONAL)


def test_only_actions_of_the_ministry_are_decided_for_several() -> None:
    assert set(SEVERAL) <= set(PERSONAL)
    assert all({Role.REVIEWER, Role.CONTROLLER} & set(ASSIGNMENT.edge(action).roles) for action in SEVERAL)


def test_only_actions_of_executors_are_open_by_mail() -> None:
    assert BY_MAIL
    assert all(Role.EXECUTOR in ASSIGNMENT.edge(action).roles for action in BY_MAIL)


def test_letters_and_forms_know_no_other_actions() -> None:
    assert set(HEADINGS) - {OPENED} <= set(ASSIGNMENT.by_action)
    assert set(action_form.TARGETS) == {edge.action for edge in ASSIGNMENT.edges if Need.TARGET in edge.needs}
    assert set(action_form.TEXTS) == {edge.action for edge in ASSIGNMENT.edges if Need.TEXT in edge.needs}
