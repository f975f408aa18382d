"""The pictures of states are what the code's tables draw, and can be read."""

import re
from itertools import combinations
from xml.etree import ElementTree

import pytest

from db.vocabulary import PlanStatus
from tests.tools.layers import BOX_WIDTH, arrange
from tests.tools.states import DOCS, MACHINES, drawn, sentences

_ROOT = DOCS.parents[1]


@pytest.mark.parametrize("name", MACHINES)
def test_the_committed_picture_is_what_the_table_draws(name: str) -> None:
    assert (DOCS / f"{name}.svg").read_text() == drawn(MACHINES[name]), "python -m tests.tools.states"


def test_every_picture_is_of_a_table_and_stands_in_the_architecture() -> None:
    assert sorted(file.stem for file in DOCS.iterdir()) == sorted(MACHINES)
    linked = re.findall(r"docs/states/([\w-]+)\.svg", (_ROOT / "ARCHITECTURE.md").read_text())
    assert sorted(set(linked)) == sorted(MACHINES)


@pytest.mark.parametrize("name", MACHINES)
def test_a_picture_has_every_state_with_its_sentence_and_every_change_of_state(name: str) -> None:
    machine = MACHINES[name]
    picture = ElementTree.fromstring(drawn(machine))
    said = [element.text for element in picture.iter() if element.get("class") == "name"]
    assert sorted(map(str, said)) == sorted(machine.table) == sorted(machine.words)
    assert sorted(sentences(machine.words)) == sorted(machine.words)
    lines = [element for element in picture.iter() if element.get("class") == "way"]
    heads = sum(("marker-end" in line.attrib) + ("marker-start" in line.attrib) for line in lines)
    assert heads == 1 + sum(map(len, machine.table.values()))  # and the one in


def test_the_changes_are_there_in_words_for_who_does_not_see_them() -> None:
    picture = ElementTree.fromstring(drawn(MACHINES["plan"]))
    assert picture.findtext("{*}desc") == (
        "CHECKOUT_OPEN to ACTIVE. CHECKOUT_OPEN to ENDED. ACTIVE to CANCELLING, and back. "
        "ACTIVE to PAYMENT_FAILED, and back. ACTIVE to ENDED. CANCELLING to PAYMENT_FAILED, and back. "
        "CANCELLING to ENDED. PAYMENT_FAILED to ENDED."
    )
    assert set(PlanStatus) == set(MACHINES["plan"].table)


@pytest.mark.parametrize("name", MACHINES)
def test_no_box_lies_on_another_and_all_are_in_the_picture(name: str) -> None:
    layout = arrange(MACHINES[name].table, 80)
    for (x1, y1), (x2, y2) in combinations(layout.boxes.values(), 2):
        assert abs(x1 - x2) >= BOX_WIDTH or abs(y1 - y2) >= 80
    for x, y in layout.boxes.values():
        assert BOX_WIDTH / 2 <= x <= layout.width - BOX_WIDTH / 2
        assert 40 <= y <= layout.height - 40
