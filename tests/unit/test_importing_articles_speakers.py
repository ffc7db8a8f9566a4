"""Who speaks: the ways in which people write it, and what is quoted though nobody says it."""

import pytest

from articles.importing.organisations import looks_like_organisation
from articles.importing.people import People, find_people
from articles.importing.quotations import find_quotations
from articles.importing.speakers import attribute
from articles.importing.subjects import Place

R, B = "Asha Rao", "Tom Berg"


def speakers(text: str, expert: str = "", announced: str = "") -> list[str]:
    people = People()
    for name in (R, B, *([expert] if expert else [])):
        people.add(name)
    find_people(people, [text])
    return [found.speaker for found in attribute(text, Place(people, expert, announced=announced))]


@pytest.mark.parametrize(
    ("text", "expected", "expert"),
    [
        ("“The rain decides,” Rao, who has farmed since 1990, tells me.", [R], ""),
        ("“The rain decides,” was Rao's answer.", [R], ""),
        ("Rao's verdict: “The rain decides.”", [R], ""),
        ("Rao's answer is short: “The rain decides.”", [R], ""),
        ("To Rao it is “a question of rain and of nothing else”.", [R], ""),
        ("Rao finds this “laughable and rather sad”.", [R], ""),
        ("Rao believes it to be “the end of small farms”; Berg considers it “a fresh start for them”.", [R, B], ""),
        ("Rao, quoting her mother, says that “rain has no friends”.", [R], ""),
        ("“I doubt it,” shrugged Berg. “The rain decides,” snapped Rao.", [B, R], ""),
        ("“The rain decides” is Rao's motto.", [R], ""),
        ("Unlike Berg, Rao says “the rain decides everything here”.", [R], ""),
        ("Asked by Berg whether rain mattered, Rao answered “of course it does”.", [R], ""),
        ("Rao told Berg that he was “a fool with an umbrella”.", [R], ""),
        ("Responding to Rao, Berg said: “Rain is only water.”", [B], ""),
        ("The film “Rain and Other Lies” was made by Rao.", [], ""),
        ("Rao starred in “The rain”.", [], ""),
        ("The word “rain” appears twelve times in Rao's report.", [], ""),
        ("A sign at the gate reads “No dogs allowed here”.", [], ""),
        ("Critics call it “a tax on breathing”.", [], ""),
        ("The report says “nothing can be done before 2030”.", [], R),
        ("Rao, 54, is blunt: “The rain decides.”", [R], ""),
        ("“The rain,” says Rao, “decides everything.”", [R, R], ""),
        ("“The rain decides everything,” he says. “Always has done.”", [R, R], R),
        ("Dr. Rao was clear on this. “The rain decides everything.”", [R], ""),
        ("Speaking to us by telephone, Rao said she was “tired of rain”.", [R], ""),
        ("Berg thinks so too. But Rao? “The rain decides everything,” she says.", [R], ""),
        (
            "Tom Berg (Labour) said: “Rain is only water.” Asha Rao (Greens) said: “Water is never only water.”",
            [B, R],
            "",
        ),
        ("‘The rain decides everything,’ said Rao. ‘It isn’t Berg who decides.’", [R, R], ""),
        ("„Der Regen entscheidet“, findet Rao. „Sonst niemand.“", [R, R], ""),
        ("Rao hält das für „einen großen Fehler der Regierung“.", [R], ""),
        ("Nach Ansicht von Rao ist das „ein großer Fehler gewesen“.", [R], ""),
        ("Aus Sicht von Rao ist das „ein großer Fehler gewesen“.", [R], ""),
        ("Pour Rao, c'est « une erreur historique et grave ».", [R], ""),
        ("Rao y voit « une erreur historique et grave ».", [R], ""),
        ("« La pluie décide », tranche Rao.", [R], ""),
        ("« La pluie décide », a tranché Rao.", [R], ""),
        ("D'après Berg, « la pluie ne décide de rien ».", [B], ""),
        ("In the words of Berg, “rain is only water”.", [B], ""),
        ("As Berg put it, “rain is only water”.", [B], ""),
        ("Berg dismissed Rao's plan as “a wet dream of planners”.", [B], ""),
        ("Rao described Berg as “a man who has never been wet”.", [R], ""),
        ("The minister, Tom Berg, promised “water for all within a year”.", [B], ""),
        ("“Rain is only water,” a spokesman said.", [], ""),
        ("Berg’s colleagues say he is “the last of the optimists”.", [], ""),
        ("“Why?” asks Rao. “Because the rain decides.”", [R, R], ""),
        ("“Rain decides,” agrees Rao, adding that Berg “should know better by now”.", [R, R], ""),
        ("Rao wants “a law, a date and a fine”.", [R], ""),
        ("Rao rejects the idea as “water under the bridge”.", [R], ""),
    ],
)
def test_who_speaks_in_a_sentence(text: str, expected: list[str], expert: str) -> None:
    assert speakers(text, expert) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The veteran does not trust it. “Six of the nine have been paid by the makers.”", [R]),
        ("The sign at the gate is blunt. “No dogs and no hawkers beyond this point.”", []),
        ("Tom Berg disagrees. “Six of the nine have been paid by nobody at all.”", []),
    ],
)
def test_a_whole_sentence_in_an_experts_section_is_theirs_unless_something_else_is_its_source(
    text: str, expected: list[str]
) -> None:
    assert speakers(text, R) == expected


def test_whoever_a_line_with_a_colon_announces_speaks_next() -> None:
    people = People()
    people.add(R)
    place = Place(people)
    assert attribute("Rao keeps four hives behind the church:", place) == []
    opened, closed = "“I have buried two of them.", "“The spray I forgive.”"
    assert [found.speaker for text in (opened, closed) for found in attribute(text, place)] == [R, R]
    assert attribute("“And this one is nobody's, for it stands alone.”", place) == []


@pytest.mark.parametrize(
    "name", ["Institute for Working Time", "The Players’ Association", "Trades Council", "Party of the Countryside"]
)
def test_organisations(name: str) -> None:
    assert looks_like_organisation(name)


@pytest.mark.parametrize("text", ["The union question", "Data Centre", "The Bank", "Union", "What the Party Wants Now"])
def test_what_is_no_organisation(text: str) -> None:
    assert not looks_like_organisation(text, frozenset({"data"}))


def test_marks_that_nothing_closes_are_looked_for_only_nearby() -> None:
    assert find_quotations("‘ab " * 20_000) == []
