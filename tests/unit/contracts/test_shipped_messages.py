"""The XML of the council's returns, read by the paths the contracts give."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration.contracts.model import Contract, shipped_catalogue

etree = pytest.importorskip("lxml.etree")

WITH_MESSAGES = [name for name, s in shipped_catalogue().standards.items() if s.message]
TABLES = [c for name in WITH_MESSAGES for c in shipped_catalogue().tables(name)]
# made up; ordered as real messages are, older and newer names side by side
CIN = """
<Message>
  <Header>
    <CollectionDetails>
      <Collection>CIN</Collection><Year>2022</Year><ReferenceDate>2022-03-31</ReferenceDate>
    </CollectionDetails>
    <Source><LEA>202</LEA><DateTime>2022-05-23T11:14:05</DateTime></Source>
  </Header>
  <Children>
    <Child>
      <ChildIdentifiers><LAchildID>A1</LAchildID><GenderCurrent>1</GenderCurrent></ChildIdentifiers>
      <ChildCharacteristics><Ethnicity>WBRI</Ethnicity>
        <Disabilities><Disability>HAND</Disability><Disability>HEAR</Disability></Disabilities>
      </ChildCharacteristics>
      <CINdetails><CINreferralDate>2021-04-01</CINreferralDate></CINdetails>
      <CINdetails><CINreferralDate>2021-10-06</CINreferralDate>
        <DateOfInitialCPC>2021-10-20</DateOfInitialCPC>
        <Assessments><AssessmentActualStartDate>2021-10-07</AssessmentActualStartDate></Assessments>
        <Assessments>
          <FactorsIdentifiedAtAssessment>
            <AssessmentFactors>2A</AssessmentFactors><AssessmentFactors>2B</AssessmentFactors>
          </FactorsIdentifiedAtAssessment>
        </Assessments>
        <Section47><DateOfInitialCPC>2021-10-21</DateOfInitialCPC></Section47>
        <ReferralNFA>false</ReferralNFA>
        <ChildProtectionPlans><CPPstartDate>2021-11-01</CPPstartDate>
          <Reviews><CPPreviewDate>2021-12-01</CPPreviewDate></Reviews>
          <Reviews><CPPreviewDate>2022-02-01</CPPreviewDate></Reviews>
        </ChildProtectionPlans>
      </CINdetails>
    </Child>
    <Child>
      <ChildIdentifiers><LAchildID>A2</LAchildID><Sex>F</Sex></ChildIdentifiers>
      <CINdetails><CINreferralDate>2021-05-01</CINreferralDate></CINdetails>
    </Child>
  </Children>
</Message>
"""
LOOKED_AFTER = """
<EXPSSDA903>
  <CHILD>
    <HEADER><CHILDID>7</CHILDID><SEX>1</SEX><DOB>02/03/2013</DOB>
      <AREVIEW><REVIEW>28/01/2016</REVIEW><REVIEW_CODE>PN3</REVIEW_CODE></AREVIEW>
      <AREVIEW><REVIEW>14/04/2016</REVIEW><REVIEW_CODE>PN1</REVIEW_CODE></AREVIEW>
      <OC2><SDQ_SCORE>18</SDQ_SCORE></OC2>
    </HEADER>
    <EPISODE><DECOM>11/11/2016</DECOM><PL>A3</PL></EPISODE>
  </CHILD>
</EXPSSDA903>
"""
MESSAGES = {"cin": CIN, "ssda903": LOOKED_AFTER}


def text_of(found: Any) -> str | None:
    """What an XPath gave, as text: an element's own, or a number without its point."""
    if isinstance(found, float):
        return str(int(found))
    return found[0].text if found else None


def rows(found: Contract) -> list[dict[str, str]]:
    """The rows a table has in its standard's message, without what is blank."""
    root = etree.fromstring(MESSAGES[found.standard].strip())
    read = []
    for element in root.iter(found.element):
        values = {c.name: text_of(element.xpath(c.xpath or c.national)) for c in found.columns}
        read.append({name: value for name, value in values.items() if value is not None})
    return read


def table(standard: str, name: str) -> list[dict[str, str]]:
    return rows(shipped_catalogue().contracts[standard, name])


def test_the_council_sends_two_returns_as_messages() -> None:
    assert WITH_MESSAGES == ["cin", "ssda903"]
    assert all(c.element for c in TABLES)


@pytest.mark.parametrize("found", TABLES, ids=lambda c: c.raw_table)
def test_every_path_can_be_read(found: Contract) -> None:
    for column in found.columns:
        etree.XPath(column.xpath or column.national)


@pytest.mark.parametrize("standard", WITH_MESSAGES)
def test_the_head_of_a_message_can_be_read(standard: str) -> None:
    message = shipped_catalogue().standards[standard].message
    assert message is not None
    root = etree.fromstring(MESSAGES[standard].strip())
    assert root.tag == message.root
    assert list(root.iter(message.record))
    paths = (message.sender, message.period_end, message.year, message.created_at)
    assert all(text_of(root.xpath(path)) for path in paths if path)
    if message.mark:
        assert text_of(root.xpath(message.mark.path)) == message.mark.value


@pytest.mark.parametrize("found", TABLES, ids=lambda c: c.raw_table)
def test_no_two_rows_have_one_key(found: Contract) -> None:
    keys = [tuple(row.get(name) for name in found.key) for row in rows(found)]
    assert len(set(keys)) == len(keys)
    assert all(key[0] for key in keys)


def test_the_sex_of_a_child_is_read_under_its_old_and_its_new_name() -> None:
    assert [row["sex"] for row in table("cin", "child")] == ["1", "F"]


def test_episodes_of_need_are_numbered_within_the_child() -> None:
    found = [(r["la_child_id"], r["cin_details_number"]) for r in table("cin", "cin_details")]
    assert found == [("A1", "1"), ("A1", "2"), ("A2", "1")]


def test_what_stands_deeper_names_its_episode_and_its_parent() -> None:
    assert table("cin", "assessment_factor") == [
        {
            "la_child_id": "A1",
            "cin_details_number": "2",
            "assessment_number": "2",
            "assessment_factor": factor,
        }
        for factor in ("2A", "2B")
    ]
    assert [
        (r["cin_details_number"], r["child_protection_plan_number"], r["cpp_review_date"])
        for r in table("cin", "cp_review")
    ] == [("2", "1", "2021-12-01"), ("2", "1", "2022-02-01")]


def test_two_conference_dates_of_one_episode_are_kept_apart() -> None:
    assert table("cin", "cin_details")[1]["date_of_initial_cpc"] == "2021-10-20"
    assert table("cin", "section47")[0]["date_of_initial_cpc"] == "2021-10-21"


def test_a_disability_is_a_row() -> None:
    found = [(r["la_child_id"], r["disability"]) for r in table("cin", "child_disability")]
    assert found == [("A1", "HAND"), ("A1", "HEAR")]


def test_a_looked_after_child_is_named_in_every_table() -> None:
    tables = ("header", "episodes", "reviews", "oc2")
    found = {name: {r["child"] for r in table("ssda903", name)} for name in tables}
    assert found == {name: {"7"} for name in tables}
    assert [r["review_date"] for r in table("ssda903", "reviews")] == ["28/01/2016", "14/04/2016"]
    assert table("ssda903", "oc2") == [
        {"child": "7", "date_of_birth": "02/03/2013", "sdq_score": "18"}
    ]
    assert table("ssda903", "episodes")[0]["placement_type"] == "A3"
