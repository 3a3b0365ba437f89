"""Forms and changes over HTTP: what a browser sends, well-meant or not, with and without JavaScript."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from example_host.mounting import bgbilling
from flask_bgbilling.errors import Refused, Uncertain, Unreachable
from tests.e2e.conftest import Host, HostFactory, configuration
from tests.e2e.forms import HTMX, fields_of, filled, post_form
from tests.e2e.lab import Lab
from tests.e2e.test_extension import application
from tests.support import Emulated

CARD = "/bgbilling/contract/bitel/101"
NOTES = f"{CARD}/notes"
SET = f"{CARD}/lab/set"

Labs = Callable[..., tuple[Host, Lab, FlaskClient]]


@pytest.fixture
def labs(hosted: HostFactory, monkeypatch: pytest.MonkeyPatch) -> Labs:
    """A host with the laboratory section, the section itself, and a client."""

    def make(login: str = "operator", **settings: object) -> tuple[Host, Lab, FlaskClient]:
        lab = Lab()
        monkeypatch.setattr(bgbilling, "_plugins", (lab,))
        host = hosted(bitel="9.2", settings=settings)
        lab.install(host.app)
        return host, lab, host.client(login)

    return make


def opened(client: FlaskClient, address: str) -> str:
    answer = client.get(address, headers=HTMX)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_saving_in_place_answers_the_section_and_tells_the_browser(labs: Labs) -> None:
    _, lab, client = labs()
    answer = post_form(client, f"{SET}?back=month%3D5", first="я")
    assert lab.values == ["я", "b"]
    assert answer.status_code == 200
    assert answer.headers["HX-Retarget"] == "#bgb-section"
    assert answer.headers["HX-Replace-Url"] == f"{CARD}/lab?month=5&shown=1"
    assert answer.headers["HX-Trigger-After-Settle"] == '{"bgb-changed": {"said": "Saved"}}'
    assert "HX-Request" in answer.headers["Vary"]
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "&#39;month&#39;: &#39;5&#39;" in answer.text
    assert "<html" not in answer.text


def test_saving_without_javascript_leads_to_the_section(labs: Labs) -> None:
    _, lab, client = labs()
    page = client.get(f"{SET}?back=month%3D5")
    assert page.status_code == 200
    assert "<html" in page.text
    data = filled(page.text[page.text.index('class="bgb-form"') :], {"first": "x"})
    answer = client.post(f"{SET}?back=month%3D5", data=data)
    assert answer.status_code == 303
    assert re.fullmatch(CARD + r"/lab\?month=5&shown=1&done=\d+", answer.headers["Location"])
    assert lab.values == ["x", "b"]
    assert "Saved" in client.get(answer.headers["Location"]).text
    again = post_form(client, SET, htmx=False, first="x")
    assert "it is so already" in client.get(again.headers["Location"]).text
    assert lab.sent == ["x"]


def test_a_wrong_field_is_marked_and_everything_typed_stays(labs: Labs) -> None:
    _, lab, client = labs()
    for htmx in (True, False):
        answer = post_form(client, SET, htmx=htmx, first="я" * 21, second='"><script>')
        assert answer.status_code == 400
        text = answer.text[answer.text.index('class="bgb-form"') :]
        assert fields_of(text)["first"] == ["я" * 21]
        assert fields_of(text)["second"] == ['"><script>']
        assert "<script>" not in text.split("</form>")[0]
        assert 'aria-invalid="true"' in text
        assert "21 characters of 20" in text
        assert text.split("</form>")[0].count("autofocus") == 1
    assert lab.sent == []


def test_a_problem_of_a_field_that_is_not_drawn_is_told_nevertheless(labs: Labs) -> None:
    _, lab, client = labs()
    lab.hidden_field = "day"
    answer = post_form(client, SET, first="x")
    assert answer.status_code == 400
    assert "A date is needed." in answer.text


def test_a_stale_form_shows_both_values_and_saving_again_takes_mine(labs: Labs) -> None:
    _, lab, client = labs()
    form = opened(client, SET)
    lab.values = ["theirs", "b"]
    answer = client.post(SET, data=filled(form, {"first": "mine"}), headers=HTMX)
    assert answer.status_code == 400
    assert "Somebody has changed this meanwhile." in answer.text
    assert "theirs" in answer.text
    assert fields_of(answer.text)["first"] == ["mine"]
    assert lab.sent == []
    answer = client.post(SET, data=filled(answer.text, {}), headers=HTMX)
    assert answer.status_code == 200
    assert lab.values == ["mine", "b"]


def test_a_note_that_was_changed_elsewhere_is_not_overwritten(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="9.2")
    client, emulator = host.client(), host.emulators["bitel"]
    post_form(client, f"{NOTES}/add", title="Звонил", text="первый")
    (note,) = [row for row in emulator.rows("contract_comment") if row["subject"] == "Звонил"]
    edit = f"{NOTES}/edit?note={note['id']}"
    form = opened(client, edit)
    post_form(client, edit, text="второй")
    answer = client.post(edit, data=filled(form, {"text": "третий"}), headers=HTMX)
    assert answer.status_code == 400
    assert "второй" in answer.text
    assert "третий" in answer.text
    (note,) = emulator.rows("contract_comment", id=note["id"])
    assert note["comment"].strip() == "второй"


def test_a_save_costs_a_look_before_the_write_and_a_look_after(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="9.2")
    client, emulator = host.client(), host.emulators["bitel"]
    post_form(client, f"{NOTES}/add", title="Звонил", text="первый")
    (note,) = [row for row in emulator.rows("contract_comment") if row["subject"] == "Звонил"]
    edit = f"{NOTES}/edit?note={note['id']}"
    form = opened(client, edit)
    for typed, most in (({"text": "второй"}, 3), ({"text": "второй", "title": ""}, 2)):
        emulator.recorder.clear()
        client.post(edit, data=filled(form, typed), headers=HTMX)
        assert len(emulator.calls) <= most, [call.name for call in emulator.calls]
    emulator.recorder.clear()
    assert client.get(f"{CARD}/overview", headers=HTMX).status_code == 200
    assert len(emulator.calls) == 1, "head and tree read themselves again at once"


def test_the_billings_refusal_stands_at_the_head_and_the_form_stays(labs: Labs) -> None:
    _, lab, client = labs()
    lab.errors = [Refused(billing="BITEL", words="Период <закрыт>")]
    answer = post_form(client, SET, first="x", second="y")
    assert answer.status_code == 502
    assert "Период &lt;закрыт&gt;" in answer.text
    assert fields_of(answer.text)["second"] == ["y"]
    answer = client.post(SET, data=filled(answer.text, {}), headers=HTMX)
    assert answer.status_code == 200
    assert lab.values == ["x", "y"]


@pytest.mark.parametrize("htmx", [True, False])
def test_what_was_typed_outlives_a_billing_that_falls_silent(labs: Labs, htmx: bool) -> None:
    _, lab, client = labs()
    form = opened(client, SET)
    lab.errors, lab.unreadable = [Unreachable(billing="BITEL")], Unreachable(billing="BITEL")
    headers = HTMX if htmx else {}
    answer = client.post(SET, data=filled(form, {"first": "a long story"}), headers=headers)
    assert answer.status_code == 503
    text = answer.text[answer.text.index('class="bgb-form"') :]
    assert text.count("No connection to the billing") == 1
    assert fields_of(text)["first"] == ["a long story"]
    lab.unreadable = None
    answer = client.post(SET, data=filled(text, {}), headers=headers)
    assert answer.status_code == (200 if htmx else 303)
    assert lab.values == ["a long story", "b"]


@pytest.mark.parametrize("htmx", [True, False])
def test_a_half_done_change_is_gone_on_with(labs: Labs, htmx: bool) -> None:
    _, lab, client = labs()
    lab.errors = [None, Refused(billing="BITEL", words="Период закрыт")]
    answer = post_form(client, SET, htmx=htmx, first="x", second="y")
    if not htmx:
        assert answer.status_code == 303
        answer = client.get(answer.headers["Location"])
    assert answer.status_code == 200
    assert "stopped half-way" in answer.text
    assert "Период закрыт" in answer.text
    (resume,) = re.findall(r'action="([^"]*/resume)"', answer.text)
    data = {**fields_of(answer.text[answer.text.index(resume) :]), "once": "a-key-of-mine"}
    headers = HTMX if htmx else {}
    done = client.post(resume, data=data, headers=headers)
    assert done.status_code == (200 if htmx else 303)
    assert lab.values == ["x", "y"]
    assert lab.sent == ["x", "y", "y"]
    again = client.post(resume, data=data, headers=headers, follow_redirects=True)
    assert "finished already" in again.text
    assert lab.sent == ["x", "y", "y"]


def test_why_it_stopped_is_told_in_the_readers_language(labs: Labs) -> None:
    host, lab, _ = labs()
    client = host.client(language="ru")
    lab.errors = [None, Unreachable(billing="BITEL")]
    answer = post_form(client, SET, first="x", second="y")
    assert "Нет связи с биллингом BITEL" in answer.text
    assert "No connection" not in answer.text


def test_going_on_without_a_key_is_refused(labs: Labs) -> None:
    _, lab, client = labs()
    lab.errors = [None, Refused(words="x")]
    post_form(client, SET, first="x", second="y")
    for once in ("", "x" * 65):
        answer = client.post(f"{CARD}/change/1/resume", data={"once": once}, headers=HTMX)
        assert answer.status_code == 400
        assert "out of date" in answer.text
    assert lab.values == ["x", "b"]


def test_a_change_in_doubt_is_looked_for_and_closed_by_a_person_only_later(labs: Labs) -> None:
    _, lab, client = labs()
    lab.errors = [Uncertain(billing="BITEL")]
    answer = post_form(client, SET, first="x")
    assert answer.status_code == 200
    assert "it may have been done" in answer.text
    assert "/give-up" not in answer.text
    answer = client.post(f"{CARD}/change/1/look", headers=HTMX)
    assert "It is not there so far." in answer.text
    answer = client.post(f"{CARD}/change/1/give-up", headers=HTMX)
    assert answer.status_code == 400
    lab.values = ["x", "b"]
    answer = client.post(f"{CARD}/change/1/look", headers=HTMX)
    assert "Saved" in answer.text
    assert "bgb-changed" in answer.headers["HX-Trigger-After-Settle"]
    assert lab.sent == ["x"]


def test_the_same_form_twice_does_it_once_and_another_wish_is_not_lost_silently(labs: Labs) -> None:
    _, lab, client = labs()
    form = opened(client, SET)
    data = filled(form, {"first": "x"})
    assert [client.post(SET, data=data, headers=HTMX).status_code for _ in range(3)] == [200] * 3
    assert lab.sent == ["x"]
    answer = client.post(SET, data={**data, "first": "z"}, headers=HTMX)  # the back button, then another value
    assert answer.status_code == 400
    assert "sent before with other values" in answer.text
    assert fields_of(answer.text)["first"] == ["z"]
    assert client.post(SET, data=filled(answer.text, {}), headers=HTMX).status_code == 200
    assert lab.values == ["z", "b"]


def test_a_question_stands_before_the_change(labs: Labs) -> None:
    _, lab, client = labs()
    ask = f"{CARD}/lab/ask"
    question = post_form(client, ask, confirm=False, first="<i>")
    assert question.status_code == 200
    assert "Set “&lt;i&gt;”?" in question.text
    assert lab.sent == []
    other = client.post(ask, data=filled(question.text, {"first": "b"}), headers=HTMX)
    assert "Set “b”?" in other.text, "yes was said to another value"
    assert lab.sent == []
    assert client.post(ask, data=filled(other.text, {}), headers=HTMX).status_code == 200
    assert lab.sent == ["b"]


def test_what_is_not_granted_is_neither_offered_nor_done(labs: Labs) -> None:
    _, lab, client = labs()
    assert "lab/secret" not in client.get(f"{CARD}/lab", headers=HTMX).text
    for answer in (
        client.get(f"{CARD}/lab/secret", headers=HTMX),
        client.post(f"{CARD}/lab/secret", data={"once": "x", "first": "z"}, headers=HTMX),
    ):
        assert answer.status_code == 403
        assert "nobody.may" in answer.text
    assert client.get(f"{CARD}/lab/nothing", headers=HTMX).status_code == 404
    assert client.post(f"{CARD}/nothing/set", data={"once": "x"}, headers=HTMX).status_code == 404
    assert client.post("/bgbilling/contract/nothing/101/lab/set", data={"once": "x"}).status_code == 404
    assert lab.sent == []


def test_a_change_belongs_to_its_contract_and_to_those_who_may_do_it(labs: Labs) -> None:
    host, lab, client = labs()
    lab.errors = [None, Refused(words="x")]
    post_form(client, SET, first="x", second="secret-value")
    other = host.client("accountant")
    for contract, who, status in ((101, client, 200), (102, client, 404), (101, other, 403)):
        place = f"/bgbilling/contract/bitel/{contract}/change/1"
        assert who.get(place).status_code == status
        if status != 200:
            for action in ("look", "resume", "give-up"):
                answer = who.post(f"{place}/{action}", data={"once": "x"})
                assert answer.status_code == status
                assert "secret-value" not in answer.text
    assert client.get(f"{CARD}/change/2").status_code == 404
    assert client.get(f"{CARD}/change/{10**30}").status_code == 404
    assert lab.values == ["x", "b"]


def test_a_form_needs_its_key(labs: Labs) -> None:
    _, lab, client = labs()
    form = filled(opened(client, SET), {"first": "typed"})
    for once in ("", None, "x" * 65):
        data = {name: value for name, value in {**form, "once": once}.items() if value is not None}
        answer = client.post(SET, data=data, headers=HTMX)
        assert answer.status_code == 400
        assert fields_of(answer.text)["first"] == ["typed"]
    assert lab.sent == []


def test_forged_forms_are_refused_and_nothing_typed_is_lost(labs: Labs) -> None:
    _, lab, client = labs(WTF_CSRF_ENABLED=True, WTF_CSRF_CHECK_DEFAULT=False)
    with client.session_transaction() as session:
        session["user_id"] = 1
    form = filled(opened(client, SET), {"first": "typed"})
    for token in ("", "forged", None):
        data = {name: value for name, value in {**form, "csrf_token": token}.items() if value is not None}
        answer = client.post(SET, data=data, headers=HTMX)
        assert answer.status_code == 400
        assert "out of date" in answer.text
        assert answer.headers["HX-Retarget"] == "find [data-bgb-problem]"
    assert lab.sent == []
    assert client.post(SET, data=form, headers=HTMX).status_code == 200
    assert lab.sent == ["typed"]


def test_an_ended_session_is_told_beside_the_form(labs: Labs) -> None:
    host, lab, client = labs()
    form = filled(opened(client, SET), {"first": "typed"})
    stranger = host.client("")
    answer = stranger.post(SET, data=form, headers=HTMX)
    assert answer.status_code == 401
    assert answer.headers["HX-Retarget"] == "find [data-bgb-problem]"
    assert stranger.post(SET, data=form).status_code == 302
    assert lab.sent == []


@pytest.mark.parametrize(
    "query",
    [
        "back=_scheme%3Djavascript%26_external%3D1",
        "back=_external%3D1%26_anchor%3Dx",
        "back=endpoint%3Dx%26billing_id%3Dother%26key%3Dz%26cid%3D7",
        "back=" + "a%3D1%26" * 100,
        "back=%0d%0aSet-Cookie:%20x%3D1%26y%3D%0d%0aX:1",
        "back=" + "%25" * 700,
        "back=%ff%fe%26%3D%26%3D%3D",
        "back=javascript:alert(1)",
        "in=00012345678901234567890&back=x%3D1",
        "in=-1",
        "in=" + "9" * 400,
        "in=%D9%A7",
        "in=21",
        "_external=1&_scheme=javascript&endpoint=x",
        "x=" + "y" * 5000,
        "&".join(f"a{number}=1" for number in range(300)),
    ],
)
def test_hostile_addresses_of_forms(labs: Labs, query: str) -> None:
    _, lab, client = labs()
    for htmx in (True, False):
        page = client.get(f"{SET}?{query}", headers=HTMX if htmx else {})
        assert page.status_code == 200
        text = page.text[page.text.index('class="bgb-form"') :]
        assert "javascript://" not in text
        assert "<tr" not in text
        answer = client.post(f"{SET}?{query}", data=filled(text, {"first": f"x{htmx}"}), headers=HTMX if htmx else {})
        assert answer.status_code == (200 if htmx else 303)
        where = answer.headers["HX-Replace-Url" if htmx else "Location"]
        assert where.startswith(f"{CARD}/lab?")
        assert "\r" not in where
        assert "Set-Cookie: x" not in str(answer.headers)
    assert lab.values == ["xFalse", "b"]


def test_only_the_methods_of_forms(labs: Labs) -> None:
    _, lab, client = labs()
    assert client.head(SET).status_code == 200
    for method in ("PUT", "DELETE", "PATCH"):
        assert client.open(SET, method=method, data={"once": "x", "first": "z"}).status_code == 405
    for action in ("look", "resume", "give-up"):
        assert client.get(f"{CARD}/change/1/{action}").status_code in {404, 405}
    assert lab.sent == []


def test_a_plan_that_breaks_is_told_in_the_form(labs: Labs) -> None:
    _, lab, client = labs()
    lab.values = ["only one"]
    answer = client.post(SET, data={"once": "k", "first": "x", "second": "y", "seen": "z"}, headers=HTMX)
    assert answer.status_code in {400, 502}
    assert lab.sent == []


def test_without_a_journal_nothing_is_offered(emulated: Emulated) -> None:
    lab = Lab()
    app = application(configuration({"bitel": emulated("9.2")}), plugins=[lab])
    lab.install(app)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert "lab/set" not in client.get(f"{CARD}/lab", headers=HTMX).text
    answer = client.post(SET, data={"once": "k", "first": "x", "second": "y"}, headers=HTMX)
    assert answer.status_code == 403
    assert "no journal" in answer.text
    assert lab.sent == []
