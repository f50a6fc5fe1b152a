"""The page as a visitor uses it, in a headless Chromium, against the mock server.

    python3 tests/ui/test_page.py [WORDS]     only tests whose names hold WORDS

Each test begins on a fresh page with empty browser storage and a mock server in its first state.
Ends with "N passed, M failed".
"""

import json
import pathlib
import sys
import tempfile
import time
import traceback

from browser import Browser, MockServer
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

QUESTION = "What is the horsepower of the 2023 Toyota Camry?"
PATIENCE = 60  # seconds until something that has to happen counts as missing
VISIBLE = """
const plain = text => text.replace(/\\s+/g, ' ');
return [...document.querySelectorAll(arguments[0])].filter(element =>
    element.getClientRects().length > 0 && element.checkVisibility({checkOpacity: true, checkVisibilityCSS: true}) &&
    plain(element.innerText || '').includes(plain(arguments[1])));
"""


class Page:
    def __init__(self, browser, server, folder):
        self.browser, self.server, self.folder = browser, server, folder

    def open(self, where=""):
        self.browser.get("about:blank")
        self.browser.get(self.server.url + where)

    def all(self, css, text=""):
        """The visible elements that match and hold the text: one request, however many they are."""
        return self.js(VISIBLE, css, text)

    def until(self, what, condition):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                found = condition()
                if found:
                    return found
            except StaleElementReferenceException:
                pass
            time.sleep(0.05)
        raise AssertionError(f"waited in vain for: {what}")

    def see(self, css, text=""):
        """The first visible element that matches and holds the text."""
        return self.until(f"{css} {text}", lambda: next(iter(self.all(css, text)), None))

    def gone(self, css):
        self.until(f"no {css}", lambda: not self.all(css))

    def press(self, css, text=""):
        def click():
            element = self.see(css, text)
            self.js("arguments[0].scrollIntoView({block: 'center'})", element)  # a phone's bar lies over the last lines
            element.click()
            return True
        self.until(f"a click on {css}", click)

    def type(self, *keys):
        self.browser.switch_to.active_element.send_keys(*keys)

    def focused(self):
        return self.browser.switch_to.active_element

    def js(self, code, *arguments):
        return self.browser.execute_script(code, *arguments)

    def ask(self, question=QUESTION):
        box = self.see("#question")
        box.clear()
        box.send_keys(question, Keys.ENTER)

    def answered(self):
        """The text of the last turn, once it is whole."""
        self.see(".turn:last-child .foot")
        return self.see(".turn:last-child .answer").text

    def asked(self, n):
        """Turn n of the conversation, from 1."""
        return self.until(f"turn {n}", lambda: next(iter(self.all(f".turn:nth-child({n})")), None))

    def said(self, text):
        self.until(f"said: {text}", lambda: text in self.js("return document.getElementById('said').textContent"))


# ---- asking ----

def test_a_question_is_answered_with_its_source(page):
    page.ask()
    assert page.answered() == "The horsepower of the 2023 Toyota Camry LE is 203 hp 1.", page.answered()
    page.see(".sources .source", "Horsepower (hp): 203")
    page.see(".verdict.good", "The figure was read from its cell.")
    page.said("203 hp")  # to a screen reader, once, as a whole
    assert page.see(".turn h2").text == QUESTION
    assert page.see("#question").get_attribute("value") == ""


def test_what_was_understood_is_shown_and_can_be_edited(page):
    page.ask()
    page.answered()
    page.see(".understood code", "value · horsepower · 2023 Toyota Camry LE")
    page.press(".understood button", "Edit")
    assert page.see("#question").get_attribute("value") == QUESTION
    assert page.focused().get_attribute("id") == "question"
    page.see("#editing", "it replaces this question")
    page.ask(QUESTION.replace("horsepower", "torque"))
    page.until("the new answer", lambda: "184" in page.answered())
    assert len(page.all(".turn")) == 1
    assert not page.all("#editing")


def test_an_edit_can_be_left(page):
    page.ask()
    page.answered()
    page.press(".understood button", "Edit")
    page.press("#editing-cancel")
    page.gone("#editing")
    page.ask("How many seats has the 2023 Honda Accord?")
    page.until("the second turn", lambda: len(page.all(".turn")) == 2)


def test_the_answer_streams_and_can_be_stopped(page):
    page.server.switch(pause=0.15)
    page.ask()
    page.until("a part of the answer", lambda: 0 < len(page.see(".turn .answer").text) < 30)
    assert page.see(".turn").get_attribute("aria-busy") == "true"
    page.press("#ask-button", "Stop")
    page.see(".turn", "Stopped here.")
    before = page.see(".turn .answer").text
    time.sleep(0.6)
    assert page.see(".turn .answer").text == before
    assert page.see("#ask-button").text == "Ask"


def test_a_new_question_stops_the_one_before(page):
    page.server.switch(pause=0.1)
    page.ask()
    page.see(".turn .answer", "The")
    page.ask("How many seats has the 2023 Honda Accord?")
    page.until("the second answer", lambda: "Honda Accord" in page.answered())
    assert "Stopped here." in page.asked(1).text
    assert page.js("return current.earlier") == []  # what was not answered is no part of the conversation


def test_an_example_is_asked_and_the_focus_follows(page):
    page.press("#examples button")
    on_title = lambda: page.js("return document.activeElement.matches('.turn h2')")
    page.until("the focus on the question asked", on_title)
    assert page.answered()
    assert on_title()  # the answer takes the place of what streamed


def test_thinking_is_folded_away(page):
    page.server.switch(thinking=True, pause=0.03)
    page.ask()
    page.see(".reasoning summary", "Thinking")
    assert not page.all(".reasoning div")
    page.answered()
    page.press(".reasoning summary")
    page.see(".reasoning div", "The passage lists it")


def test_markup_in_texts_stays_text(page):
    page.js("""
        const bad = '<img src=x onerror="window.hit=1">', cell = {text: bad, value: bad};
        renderTurn(addTurn({query: bad, earlier: [bad], at: 1, result: {
            answer: '<b>203</b> <script>window.hit=1</script> [1]', numbers: [], notes: ['<i>note</i>'], reasoning: bad,
            status: 'found', understood: bad, parsed: {carried: true}, table: bad,
            table_data: {columns: [{name: bad, number: false}, {name: bad, number: true}], rows: [[cell, cell], [cell, cell]], left_out: 0},
            citations: [{n: 1, valid: true, quote: '<u>hp</u>', title: bad, document: bad, location: bad, column: null, line: 1, passage: 1}],
            documents: [{content: '<u>hp</u>: ' + bad, metadata: {title: '<s>t</s>', source: '<a>'}}]}}))""")
    page.press(".cite")
    page.see("#passage-text mark", "<u>hp</u>")
    assert page.js("return document.querySelectorAll('#thread img, #thread b b, #thread i i, #passage img:not(#page-image), #passage u, #said img').length") == 0
    assert page.js("return window.hit") is None


def test_a_source_that_is_none_is_marked(page):
    page.server.switch(wrong=True)
    page.ask()
    page.answered()
    assert "[9]" in page.see(".doubt").text
    page.see(".verdict.bad", "[9]")
    page.said("Not supported")


def test_byte_offsets_find_their_number_behind_other_letters(page):
    text = "Citroën 🚗 hat 136 PS"
    at = len("Citroën 🚗 hat ".encode())
    page.js("""renderTurn(addTurn({query: 'q', earlier: [], at: 1, result: {answer: arguments[0],
        numbers: [{text: '136', offset: arguments[1], supported: false}]}}))""", text, at)
    page.see(".doubt")
    assert page.js("return document.querySelector('.doubt').firstChild.data") == "136"


def test_each_status_is_said_in_plain_words(page):
    wanted = {"found": ("good", "Found in the documents. Each figure was read from its cell."),
              "several": ("good", "The documents give several values; each is shown. Each figure was read from its cell."),
              "contradiction": ("bad", "The documents contradict each other"),
              "not_found": ("none", "Not in the documents. Nothing was guessed."),
              "not_understood": ("none", "Not understood. Other words may help."),
              "open": ("good", "Quoted from the documents, word for word.")}
    for status, (kind, text) in wanted.items():
        got = page.js("""return verdictOf({status: arguments[0], model: null, unsupported: 0, citations: [{n: 1, valid: true}, {n: 2, valid: true}],
            numbers: [{citation: 1}, {citation: 2}]})""", status)
        assert got["kind"] == kind and got["text"].startswith(text), got
    bound = lambda *cells: page.js("return boundOf({numbers: arguments[0].map((citation) => ({citation})), citations: [1]})", list(cells))
    assert bound(1) == "The figure was read from its cell."
    assert bound(None) == "The figure was computed from the cells."
    assert bound(1, None) == "Each figure was read from its cell, or computed from such cells."


def test_what_is_not_there_or_not_understood_is_said_calmly(page):
    accent = page.js("return getComputedStyle(document.documentElement).getPropertyValue('--bad')")
    for question, status, text in (("What is the horsepower of the Tatra 603?", "not_found", "do not give"),
                                   ("Frobnicate the gearlever?", "not_understood", "gearlever")):
        page.press("#new-conversation") if page.all("#new-conversation") else None
        page.ask(question)
        assert text in page.answered(), page.answered()
        assert page.js("return current.result.status") == status
        page.see(".verdict.none", "Not ")
        assert accent not in page.js("return getComputedStyle(document.querySelector('.verdict')).color")
        assert not page.all(".turn [role=alert]")


def test_a_refusal_shows_the_nearest_passages(page):
    page.ask("What is the paint curve colour of the Toyota Camry?")
    assert "do not give" in page.answered()
    page.see(".more .source", "Camry")


def test_a_full_server_is_asked_again(page):
    page.server.switch(busy=2)
    page.ask()
    page.see(".stage", "busy")
    assert "203" in page.answered()


def test_facts_are_answered_while_the_model_is_loading(page):
    page.server.switch(loading=True)
    page.open()
    page.see("#model", "loading the model")
    page.ask()
    assert "203" in page.answered()
    page.server.switch(loading=False)
    page.see("#model", "autospec-nano")


def test_what_the_model_has_to_read_waits_for_it(page):
    page.server.switch(loading=True, reading=True)
    page.open()
    page.ask()
    page.see(".stage", "being loaded")
    page.server.switch(loading=False)
    assert "203" in page.answered()


def test_an_answer_that_breaks_off_keeps_what_came(page):
    page.server.switch(**{"break": 1, "pause": 0.05})
    page.ask()
    page.see(".turn [role=alert]", "broke off")
    assert page.see(".turn .answer").text.startswith("The horsepower")
    page.press(".turn button", "Ask again")
    assert "203" in page.answered()
    assert len(page.all(".turn")) == 1


# ---- a conversation ----

def test_a_follow_up_is_read_after_the_questions_before(page):
    page.ask()
    page.answered()
    page.ask("and the torque?")
    page.until("the follow-up's answer", lambda: "184" in page.answered())
    assert "2023 Toyota Camry LE" in page.answered()
    page.see(".turn:last-child .note", "the question before it")
    page.ask("what about the 2023 Honda Accord?")
    page.until("the third", lambda: "Accord" in page.answered())
    assert page.js("return bodyOf(current)") == json.dumps({"query": "what about the 2023 Honda Accord?", "stream": True, "conversation": {
        "messages": [{"role": "user", "content": q} for q in (QUESTION, "and the torque?")]}}, separators=(",", ":"))
    titles = [page.asked(n).find_element(By.TAG_NAME, "h2").text for n in (1, 2, 3)]
    assert titles == [QUESTION, "and the torque?", "what about the 2023 Honda Accord?"]
    places = page.js("return [...document.querySelectorAll('.turn'), document.getElementById('ask-form')].map((e) => e.offsetTop)")
    assert places == sorted(places), places  # the next question stands below


def test_an_earlier_question_edited_takes_those_after_it_along(page):
    page.ask()
    page.answered()
    page.ask("and the torque?")
    page.until("two turns", lambda: "184" in page.answered())
    page.asked(1).find_element(By.CSS_SELECTOR, ".understood button").click()
    page.see("#editing", "1 later one")
    page.ask("How many seats has the 2023 Honda Accord?")
    page.until("one turn", lambda: len(page.all(".turn")) == 1 and "Accord" in page.answered())
    assert page.js("return current.earlier") == []


def test_a_new_conversation_forgets_the_one_before(page):
    page.ask()
    page.answered()
    page.press("#new-conversation")
    page.gone(".turn")
    page.see("#examples button")
    assert page.focused().get_attribute("id") == "question"
    page.said("New conversation")
    page.ask("and the torque?")
    page.until("an answer", lambda: page.js("return current?.query") == "and the torque?")
    assert page.js("return current.earlier") == [] and page.js("return current.result.refused")


def test_no_more_questions_are_sent_than_the_server_takes(page):
    assert page.js("""return earlierOf([{result: {}, query: 'last', earlier: Array.from({length: 40}, (_, i) => String(i))}])""") == \
        [str(i) for i in range(25, 40)] + ["last"]


# ---- tables ----

LIST = "List the horsepower of all Toyota"


def column(page, n):
    return [e.text for e in page.all(f".turn:last-child tbody tr > :nth-child({n})")]


def test_several_rows_make_a_table_that_is_sorted_by_its_headings(page):
    page.ask(LIST)
    page.answered()
    page.see(".table-top", "rows")
    shown = len(column(page, 2))
    page.press(".turn section > button", "Show all")
    page.until("all rows", lambda: len(column(page, 2)) > shown)
    numbers = lambda: [int(v.replace(",", "")) for v in column(page, 2)]
    before = numbers()
    page.press("thead button", "horsepower, hp")
    assert numbers() == sorted(before)
    assert page.see("thead th:nth-child(2)").get_attribute("aria-sort") == "ascending"
    page.press("thead button", "horsepower, hp")
    assert numbers() == sorted(before, reverse=True)
    page.said("descending")
    page.press("thead button", "horsepower, hp")
    assert numbers() == before and not page.all("[aria-sort]")
    page.press("thead button", "Vehicle")
    assert column(page, 1) == sorted(column(page, 1), key=str.lower)
    align = lambda n: page.js("return getComputedStyle(document.querySelector(`td.number, tbody tr > :nth-child(${arguments[0]})`)).textAlign", n)
    assert page.js("return getComputedStyle(document.querySelector('td.number')).textAlign") == "right", align(2)
    assert page.js("return getComputedStyle(document.querySelector('tbody th')).textAlign") in ("left", "start")


def test_rows_without_a_value_come_last_either_way(page):
    order = page.js("""const data = {columns: [{name: 'a', number: true}], rows: ['', '10', '9', '', '100-120'].map((v) => [{text: v, value: v}])};
        return [1, -1].map((d) => sortedRows(data, 0, d).map((r) => r[0].value))""")
    assert order == [["9", "10", "100-120", "", ""], ["100-120", "10", "9", "", ""]], order


def test_a_table_is_exported_as_csv_that_runs_nothing(page):
    page.ask(LIST)
    page.answered()
    page.press(".table-top button", "CSV")
    file = page.folder / "answer.csv"
    page.until("the file", file.exists)
    lines = file.read_text("utf-8-sig").splitlines()
    assert lines[0] == 'Vehicle,"horsepower, hp",Source' and len(lines) == 1 + page.js("return current.result.table_data.rows.length")
    cells = page.js("return arguments[0].map(csvCell)", ["=1+1", "@SUM(A1)", "+49 1", "-5", "-5.25", "- 5", "\t=1", "a,b", 'a "b"', "＝1", "", "=x,\"y\""])
    assert cells == ["'=1+1", "'@SUM(A1)", "'+49 1", "-5", "-5.25", "'- 5", "'\t=1", '"a,b"', '"a ""b"""', "'＝1", "", '"\'=x,""y"""'], cells


def test_a_wide_table_scrolls_by_itself(page):
    page.js("""const row = Array.from({length: 20}, (_, i) => ({text: `a long value ${i}`, value: 'v'}));
        renderTurn(addTurn({query: 'q', earlier: [], at: 1, result: {answer: 'a', status: 'found', table_data:
            {columns: row.map((c) => ({name: c.text, number: false})), rows: [row, row], left_out: 3}}}))""")
    page.see(".table-top", "2 rows of 5")
    for width in (320, 390, 1280):
        page.browser.size(width, 800)
        assert page.js("return document.documentElement.scrollWidth") <= width
        assert page.js("const e = document.querySelector('.table-scroll'); return e.scrollWidth > e.clientWidth && e.tabIndex === 0")


# ---- passages ----

def test_a_citation_opens_its_record_with_the_cited_line_marked(page):
    page.ask()
    page.answered()
    cite = page.see(".turn .cite")
    cite.click()
    page.see("#passage", "2023 Toyota Camry LE")
    page.see("#passage-place", "vehicles.csv, row")
    marks = [m.text for m in page.all("#passage-text mark")]
    assert " ".join(marks) == "Horsepower (hp) 203", marks
    assert page.focused().get_attribute("id") == "passage-title"
    assert cite.get_attribute("aria-expanded") == "true"
    page.type(Keys.ESCAPE)
    page.gone("#passage")
    assert page.focused().get_attribute("data-n") == "1"
    assert cite.get_attribute("aria-expanded") == "false"


def test_the_cited_line_is_found_however_the_record_writes_it(page):
    marked = lambda content, **c: page.js("return citedIn(arguments[0], arguments[1]).map(([a, b]) => arguments[0].slice(a, b))", content, c)
    record = "Max power (hp): 250\nPower (hp): 203\nPower (kW): 151\nNote: 203 ways"
    assert marked(record, column="Power (hp)", quote="Power (hp): 203") == ["Power (hp): 203"]
    assert marked(record, column="Power", quote="Power: 151") == ["Power (kW): 151"]
    assert marked(record, column="Torque", quote="Torque: 203") == []
    assert marked("a 203 and 2035 b", column=None, quote="203") == ["203"]
    assert marked("It makes\n203 hp. More.", column=None, quote="It makes 203 hp.") == ["It makes\n203 hp."]


def test_a_citation_whose_record_was_not_sent_shows_its_cell(page):
    page.js("""renderTurn(addTurn({query: 'q', earlier: [], at: 1, result: {answer: 'It is 5 [1].', status: 'found', numbers: [], documents: [],
        citations: [{n: 1, valid: true, document: '/a/b.csv', location: 'row 7', title: 'Zephyr', quote: 'Seats: 5', column: 'Seats', line: 7, passage: null}]}}))""")
    page.press(".cite")
    page.see("#passage-title", "[1] Zephyr")
    assert page.see("#passage-place").text == "b.csv, row 7"
    page.see("#passage-text mark", "5")


def test_on_a_phone_the_passage_comes_over_the_page(page):
    page.browser.size(390, 800)
    page.ask()
    page.answered()
    page.press(".turn .cite")
    page.see("#passage mark")
    assert page.js("return document.getElementById('passage').matches(':modal')")
    page.press("#passage-close")
    page.gone("#passage")
    assert page.focused().get_attribute("data-n") == "1"


# ---- suggestions and filters ----

def test_makes_and_models_are_suggested_and_taken_by_keyboard(page):
    page.see("#question").send_keys("What is the horsepower of the Toyo")
    page.see("#suggestions li", "Toyota")
    page.type(Keys.ARROW_DOWN)
    assert page.focused().get_attribute("aria-activedescendant") == "suggestion-0"
    page.type(Keys.ENTER)
    page.see("#suggestions li", "Camry")  # the make's models follow
    page.type("Cam")
    page.until("Camrys alone", lambda: [e.text for e in page.all("#suggestions li")] == ["Camry", "Camry Hybrid"])
    page.type(Keys.ARROW_DOWN, Keys.ENTER)
    assert page.see("#question").get_attribute("value") == "What is the horsepower of the Toyota Camry "
    assert not page.all(".turn")  # nothing was asked yet
    page.type(Keys.ENTER)
    assert "Camry" in page.answered()


def test_filters_are_sent_and_can_be_taken_off(page):
    page.press("#filters-button")
    page.js("const s = document.getElementById('filter-manufacturer'); s.value = 'Honda'; s.dispatchEvent(new Event('change'))")
    page.see(".chip", "Honda")
    page.until("the models of Honda alone", lambda: "Accord" in (t := page.see("#filter-model").text) and "Camry" not in t)
    page.ask("What is the horsepower of the 2023?")
    assert "Honda" in page.answered()
    sources = page.js("return current.result.documents.map((d) => d.metadata.manufacturer)")
    assert sources and set(sources) == {"Honda"}, sources
    page.press(".chip", "Honda")
    page.gone(".chip")
    assert page.js("return JSON.stringify(filters)") == "{}"


def test_years_are_read_as_lists_and_ranges(page):
    years = [page.js("return yearsOf(arguments[0])", t) for t in ("2021", "2019, 2021", "2019-2021", "", "soon")]
    assert years == [[2021], [2019, 2021], [2019, 2020, 2021], [], []], years


# ---- documents ----

def test_a_file_is_read_and_listed(page):
    sheet = page.folder / "fleet.csv"
    sheet.write_text("Manufacturer,Model,Year\nVolvo,XC40,2024\n")
    page.open("#documents")
    page.see("#documents li", "vehicles.csv")
    page.browser.find_element(By.ID, "files").send_keys(str(sheet))
    page.see("#documents li", "fleet.csv")
    page.said("fleet.csv was read")
    page.gone("#uploads li")


def test_a_dropped_file_is_read(page):
    page.js("""const data = new DataTransfer(); data.items.add(new File(['a,b'], 'dropped.csv'));
        document.body.dispatchEvent(new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true}))""")
    page.see("#documents li", "dropped.csv")


def test_a_file_that_cannot_be_read_says_why(page):
    image = page.folder / "photo.png"
    image.write_bytes(b"\x89PNG")
    page.open("#documents")
    page.browser.find_element(By.ID, "files").send_keys(str(image))
    page.see("#uploads [role=alert]", "not a kind of document")
    page.press("#uploads button", "Dismiss")
    page.gone("#uploads li")


def send(page, name):
    file = page.folder / name
    file.write_text("Manufacturer,Model\nVolvo,XC40\n")
    page.browser.find_element(By.ID, "files").send_keys(str(file))


def jobs_of(page):
    return page.js("return fetch('/ingest/jobs').then((r) => r.json()).then((o) => o.jobs.map((j) => j.status))")


def test_a_job_tells_how_far_it_is_and_can_be_cancelled(page):
    page.server.switch(jobs="reading")
    page.open("#documents")
    send(page, "manual.csv")
    page.see("#uploads small", "Reading, 3 of 12 pages")
    assert page.js("return document.querySelector('#uploads progress').value") == 0.25
    page.press("#uploads button", "Cancel")
    page.gone("#uploads li")
    page.until("no job", lambda: jobs_of(page) == [])
    assert "manual.csv" not in page.see("#documents").text


def test_a_job_that_has_failed_can_be_tried_again(page):
    page.server.switch(jobs="failing")
    page.open("#documents")
    send(page, "manual.csv")
    page.see("#uploads [role=alert]", "the disk is full")
    page.press("#uploads button", "Retry")
    page.see("#uploads [role=alert]", "the disk is full")
    page.server.switch(jobs="done")
    page.press("#uploads button", "Retry")
    page.see("#documents li", "manual.csv")
    page.gone("#uploads li")


def test_jobs_outlive_the_page(page):
    page.server.switch(jobs="reading")
    page.open("#documents")
    send(page, "manual.csv")
    page.see("#uploads small", "3 of 12 pages")
    page.open()
    page.open("#documents")
    page.see("#uploads li", "manual.csv")
    page.see("#uploads small", "3 of 12 pages")
    assert len(page.all("#uploads li")) == 1
    page.server.switch(jobs="failing")
    page.see("#uploads [role=alert]", "the disk is full")
    page.server.switch(jobs="done")
    page.press("#uploads button", "Retry")
    page.see("#documents li", "manual.csv")
    page.gone("#uploads li")


def test_a_locked_pdf_asks_for_its_password(page):
    page.server.switch(jobs="locked")
    page.open("#documents")
    send(page, "locked.csv")
    page.see("#uploads [role=alert]", "locked with a password")
    page.see("#uploads input").send_keys("guess\n")
    page.see("#uploads [role=alert]", "does not open")
    assert page.see("#uploads input").get_attribute("type") == "password"
    page.see("#uploads input").send_keys("secret\n")
    page.see("#documents li", "locked.csv")
    page.gone("#uploads li")
    assert jobs_of(page) == ["done"]  # those that failed were forgotten


def test_without_a_model_facts_are_answered(page):
    page.server.switch(loading="never")
    page.open()
    page.see("#model", "facts alone")
    page.ask()
    assert "203" in page.answered()


def test_a_document_opens_its_passages(page):
    page.open("#documents")
    page.press("#documents .open", "vehicles.csv")
    page.see("#passage", "the first 100 of 285 passages")
    page.see("#passage-text h3", "2023 Acura Integra")
    page.type(Keys.ESCAPE)
    page.gone("#passage")
    assert page.focused().text == "vehicles.csv"


def test_deleting_asks_first(page):
    page.open("#documents")
    page.press("[aria-label='Delete toyota-tacoma-2024.md']")
    page.see("#confirm", "Delete toyota-tacoma-2024.md?")
    page.press("#confirm button", "Cancel")
    page.gone("#confirm")
    assert len(page.all("#documents li")) == 3
    page.press("[aria-label='Delete toyota-tacoma-2024.md']")
    page.press("#confirm button", "Delete")
    page.until("two documents", lambda: len(page.all("#documents li")) == 2)
    assert page.focused().tag_name != "body"  # the focus is not lost


def test_deleting_all_wants_a_word_typed(page):
    page.open("#documents")
    page.press("#reset")
    assert not page.see("#confirm-yes").is_enabled()
    page.see("#confirm-word").send_keys("delete")
    page.press("#confirm-yes")
    page.see("#documents-count", "None yet")
    page.browser.find_element(By.CSS_SELECTOR, "nav a[href='#ask']").click()
    page.see("#examples", "no documents")


def test_an_empty_store_leads_to_the_documents(page):
    page.server.switch(empty=True)
    page.open()
    page.see("#examples", "There are no documents")
    page.ask()
    page.see(".turn [role=alert]", "There are no documents")
    page.press(".turn button", "Add documents")
    page.see("#documents-title")


# ---- the page that a source stands on ----

BOTH = "Which has more horsepower, the 2023 Toyota Camry or the 2023 Honda Accord?"


def open_page(page, question=QUESTION, cite=".cite", width=1280, height=900):
    page.browser.size(width, height)
    page.server.switch(paged="shown")
    page.open()
    page.ask(question)
    page.answered()
    page.press(cite)
    page.see("#page-name", "the source is marked")


def mark_in_view(page):
    """Whether the marked box lies in what is seen of the page, and the page in the window."""
    return page.js("""
        const image = document.getElementById('page-image'), sheet = document.getElementById('page-sheet');
        const [x0, y0, x1, y1] = pageShown.boxes[0].map((v) => v * image.clientWidth / 612), r = image.getBoundingClientRect();
        const s = sheet.getBoundingClientRect(), inside = (a, b, low, high) => a >= low - 1 && b <= high + 1;
        return inside(r.left + x0, r.left + x1, s.left, s.right) && inside(r.top + y0, r.top + y1, s.top, s.bottom)
            && inside(r.top + y0, r.top + y1, 0, innerHeight);""")


def zoom_of(page):
    return page.js("return document.getElementById('page-image').clientWidth / document.getElementById('page-sheet').clientWidth")


def test_a_citation_opens_its_page_with_the_cell_marked_and_in_view(page):
    open_page(page)
    assert page.see("#page-name").text == "Page 2 of 3, the source is marked"
    assert page.js("return document.getElementById('page-image').naturalWidth") == 1224
    assert mark_in_view(page)
    assert "beside" in page.js("return document.body.className")  # the answer can still be read
    colour = page.js("""
        const c = document.createElement('canvas').getContext('2d'), image = document.getElementById('page-image');
        c.canvas.width = image.naturalWidth; c.canvas.height = image.naturalHeight; c.drawImage(image, 0, 0);
        return [[420, 606], [420, 640]].map(([x, y]) => [...c.getImageData(x * 2, y * 2, 1, 1).data].slice(0, 3));""")
    assert colour == [[255, 224, 0], [255, 255, 255]], colour


def test_zoom_keeps_the_cell_in_view(page):
    open_page(page)
    sizes = [zoom_of(page)]
    for _ in range(4):
        page.press("#page-larger") if page.see("#page-larger").is_enabled() else None
        sizes.append(zoom_of(page))
        assert mark_in_view(page), sizes
    assert sizes[0] < sizes[1] < sizes[2] < sizes[3] <= sizes[4] <= 4.01, sizes
    assert not page.see("#page-larger").is_enabled()
    assert page.focused().get_attribute("id") == "page-smaller"  # the focus is not lost with the button
    page.type(Keys.ENTER)
    assert zoom_of(page) < sizes[4] and mark_in_view(page)
    page.js("document.getElementById('page-sheet').focus()")
    page.type("0")
    assert abs(zoom_of(page) - 1) < 0.01 and mark_in_view(page)
    page.type("+")
    assert zoom_of(page) > 1.4 and mark_in_view(page)
    page.type("-")
    assert abs(zoom_of(page) - 1) < 0.01


def test_the_next_citation_replaces_the_page(page):
    open_page(page, BOTH)
    assert page.see("#passage-title").text.startswith("[1]")
    page.press(".cite[data-n='2']")
    page.see("#page-name", "Page 3 of 3")
    assert page.see("#passage-title").text.startswith("[2]")
    assert page.focused().get_attribute("id") == "passage-title" and "beside" in page.js("return document.body.className")
    assert [e.get_attribute("data-n") for e in page.all(".cite[aria-expanded='true']")] == ["2"]
    assert mark_in_view(page)
    page.press("#passage-close")
    page.gone("#passage")
    assert page.focused().get_attribute("data-n") == "2"
    assert page.js("return document.getElementById('page-image').src") == ""


def test_the_last_of_two_pages_asked_for_is_shown(page):
    open_page(page, BOTH)
    page.js("const c = document.querySelectorAll('.answer .cite'); c[1].click(); c[0].click(); c[1].click()")
    page.see("#page-name", "Page 3 of 3")
    time.sleep(0.5)
    assert "Page 3 of 3" in page.see("#page-name").text and page.see("#passage-title").text.startswith("[2]")


def test_a_page_that_cannot_be_shown_is_said_in_words(page):
    page.server.switch(paged="gone")
    page.open()
    page.ask()
    page.answered()
    page.press(".cite")
    page.see("#page-name", "Page 2 cannot be shown: canyon.pdf: the file has changed")
    assert page.js("return document.getElementById('page-name').getAttribute('role')") == "status"
    assert not page.all("#page-sheet, #page-zoom, #page-turn")
    page.see("#passage-text mark", "203")  # the passage is there all the same


def test_what_ocr_was_not_sure_of_is_told_beside_its_page(page):
    open_page(page)
    assert not page.all("#passage-doubt")
    page.server.switch(paged="unsure")
    page.press("#passage-close")
    page.ask("and the torque?")
    page.until("the second answer", lambda: len(page.all(".turn")) == 2 and "184" in page.answered())
    page.press(".turn:last-child .cite")
    page.see("#passage-doubt", "check it on the page")


def test_a_source_without_pages_shows_none(page):
    open_page(page)
    page.server.switch(paged="")
    page.open()
    page.ask()
    page.answered()
    page.press(".cite")
    page.see("#passage-text mark", "203")
    time.sleep(0.3)
    assert not page.all("#page")


def test_a_page_is_read_on_a_phone(page):
    open_page(page, width=390, height=844)
    page.until("the mark", lambda: mark_in_view(page))
    assert page.js("return document.getElementById('page-image').clientWidth / 612") > 0.95  # large enough to be read
    assert page.js("return document.documentElement.scrollWidth") <= 390
    assert page.js("const d = document.getElementById('passage'); return d.scrollWidth <= d.clientWidth")
    page.press("#page-larger")
    assert mark_in_view(page)
    page.press("#passage-close")
    page.gone("#passage")


def test_the_keys_reach_a_page_in_order_and_each_part_has_a_name(page):
    open_page(page)
    assert page.focused().get_attribute("id") == "passage-title"
    seen = []
    for _ in range(5):
        page.type(Keys.TAB)
        seen.append(page.focused().get_attribute("id"))
    assert seen == ["passage-close", "page-before", "page-after", "page-larger", "page-sheet"], seen
    names = [page.see(f"#{i}").accessible_name for i in ("page-before", "page-after", "page-smaller", "page-larger", "page-sheet")]
    assert names == ["Page before", "Page after", "Smaller", "Larger", "The page: arrows scroll, plus and minus zoom"], names
    assert "Page 2 of canyon.pdf, marked: Horsepower (hp): 203" == page.see("#page-image").accessible_name
    page.type(Keys.ESCAPE)
    page.gone("#passage")


def test_pages_are_turned(page):
    open_page(page)
    page.press("#page-after")
    page.until("the last page", lambda: page.see("#page-name").text == "Page 3 of 3")
    assert not page.see("#page-after").is_enabled()
    page.js("document.getElementById('page-sheet').focus()")
    for n in (2, 1):
        page.type(Keys.PAGE_UP)
        page.until(f"page {n}", lambda: page.see("#page-name").text == f"Page {n} of 3")
    assert not page.see("#page-before").is_enabled()


def test_a_document_with_pages_shows_them(page):
    page.server.switch(paged="shown")
    page.open("#documents")
    page.press("#documents .open", "canyon.pdf")
    page.until("the first page", lambda: page.see("#page-name").text == "Page 1 of 3")
    page.press("#page-after")
    page.until("the next page", lambda: page.see("#page-name").text == "Page 2 of 3")
    page.press("#documents .open", "vehicles.csv")
    page.see("#passage-title", "vehicles.csv")
    assert not page.all("#page")


def test_a_page_wants_the_key_as_all_else(page):
    locked = MockServer(key="sesame")
    try:
        locked.switch(paged="shown")
        page.browser.get(locked.url)
        page.see("#key").send_keys("sesame", Keys.ENTER)
        page.gone("#key-dialog")
        page.ask()
        page.answered()
        page.press(".cite")
        page.see("#page-name", "the source is marked")
        assert mark_in_view(page)
    finally:
        locked.stop()


# ---- history, copy, export ----

def test_history_is_kept_over_a_reload(page):
    page.ask()
    page.answered()
    page.open("#history")
    page.press("#history button", QUESTION)
    assert "203" in page.answered()
    page.ask("and the torque?")  # it goes on from there
    page.until("the follow-up", lambda: "184" in page.answered())
    page.open("#history")
    page.press("#history button", "and the torque?")
    page.see(".turn", f"Asked after “{QUESTION}”")
    page.open("#history")
    page.press("[aria-label='Delete “and the torque?” from the history']")
    page.press("#history button", "Delete")
    page.see("#history", "Nothing asked yet")


def test_answers_are_exported(page):
    page.ask()
    page.answered()
    for name in ("Markdown", "JSON"):
        page.press(".turn .foot button", name)
    files = [page.folder / "answer.md", page.folder / "answer.json"]
    page.until("both files", lambda: all(f.exists() for f in files))
    markdown, exported = files[0].read_text(), json.loads(files[1].read_text())
    assert QUESTION in markdown and "> Horsepower (hp): 203" in markdown and "vehicles.csv, row" in markdown
    assert "Understood as: value · horsepower" in markdown and "The figure was read from its cell." in markdown
    assert exported["query"] == QUESTION and exported["numbers"][0]["text"] == "203" and exported["conversation"] == []


def test_an_answer_is_copied(page):
    page.ask()
    page.answered()
    page.press(".turn .foot button", "Copy")
    page.see(".turn .foot button", "Copied")


# ---- system, key, connection ----

def test_the_system_panel_is_live(page):
    page.open("#system")
    page.see("#info", "4.2 million")
    page.see("#memory", "Weights 5.4 MB")
    page.until("a curve of two samples", lambda: page.js("return GRAPHS[0].samples.length") >= 2)
    assert len(page.all(".graph svg")) == 4


def test_a_wrong_key_is_refused_and_the_right_one_goes_on(page):
    locked = MockServer(key="open sesame".replace(" ", "-"))
    try:
        page.browser.get(locked.url)
        page.see("#key-dialog")
        page.type("wrong", Keys.ENTER)
        page.see("#key-error", "not accepted")
        assert page.see("#key").get_attribute("aria-invalid") == "true"
        page.see("#key").send_keys("ключ", Keys.ENTER)  # cannot stand in a header at all
        page.see("#key-error", "not accepted")
        page.see("#key").send_keys("open-sesame", Keys.ENTER)
        page.gone("#key-dialog")
        page.see(".examples")
        page.ask()
        assert "203" in page.answered()
        page.browser.refresh()  # kept for this tab
        page.see(".examples")
    finally:
        locked.stop()


def test_without_a_key_the_page_says_what_is_missing(page):
    locked = MockServer(key="k")
    try:
        page.browser.get(locked.url)
        page.press("#key-cancel")
        page.press("#examples button", "Enter the key")
        page.see("#key-dialog")
    finally:
        locked.stop()


def test_a_server_that_goes_and_comes_back_is_noticed(page):
    page.ask()
    page.answered()
    page.server.stop()
    try:
        page.ask("Which engine has the 2023 Honda Accord LX?")
        page.see("#banner", "does not answer")
        page.see(".turn [role=alert]", "does not answer")
    finally:
        page.server.start()
    page.see("#banner", "The server is back")
    page.press(".turn button", "Ask again")
    assert "1.5L" in page.answered()
    page.gone("#banner")


# ---- for everybody ----

CONTRAST = """
const luminance = (c) => { const f = (v) => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
    return .2126 * f(c[0]) + .7152 * f(c[1]) + .0722 * f(c[2]); };
const parse = (s) => s.match(/[\\d.]+/g).map(Number);
const behind = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
return [...document.querySelectorAll('body *')].filter((e) => e.checkVisibility({opacityProperty: true, visibilityProperty: true})
        && !e.closest('.unseen, svg, :disabled') && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
    .map((e) => { const [a, b] = [luminance(parse(getComputedStyle(e).color)), luminance(behind(e))];
        return [(Math.max(a, b) + .05) / (Math.min(a, b) + .05), e.tagName + '.' + e.className, e.textContent.slice(0, 40)]; })
    .filter(([ratio]) => ratio < 4.5)"""


def test_all_text_has_contrast_in_light_and_dark(page):
    page.server.switch(wrong=True)
    for scheme in ("light", "dark"):
        page.browser.media(prefers_color_scheme=scheme, prefers_reduced_motion="reduce")
        page.js("location.hash = 'ask'")
        for question in (LIST, "Frobnicate the gearlever?"):
            page.ask(question)
            page.answered()
        page.press("thead button")
        page.press(".understood button", "Edit")
        page.press(".turn .cite")
        page.see("#passage-text")
        for section in ("ask", "documents", "history", "system"):
            page.js("location.hash = arguments[0]", section)
            page.see(f"#view-{section}")
            time.sleep(0.3)
            poor = page.js(CONTRAST)
            assert not poor, (scheme, section, poor)


def test_every_control_has_a_name_and_every_section_a_heading(page):
    page.server.switch(wrong=True)
    page.ask()
    page.answered()
    page.ask(LIST)
    page.until("the table", lambda: page.all(".turn:last-child table"))
    page.press("#filters-button")
    page.press(".understood button", "Edit")
    for section in ("ask", "documents", "history", "system"):
        page.js("location.hash = arguments[0]", section)
        page.see(f"#view-{section}")
        time.sleep(0.3)
        for control in page.all("button, a, input, select, textarea, summary"):
            assert control.accessible_name.strip(), control.get_attribute("outerHTML")
    ids = page.js("return [...document.querySelectorAll('[id]')].map((e) => e.id)")
    assert len(ids) == len(set(ids)), "ids are not unique"
    assert page.js("return [...document.querySelectorAll('[aria-controls], [aria-labelledby], [aria-describedby]')]"
                   ".flatMap((e) => ['aria-controls', 'aria-labelledby', 'aria-describedby'].map((a) => e.getAttribute(a)))"
                   ".filter((id) => id && !document.getElementById(id))") == []


def test_the_keyboard_reaches_everything_in_order(page):
    page.ask()
    page.answered()
    page.js("document.querySelector('.skip').focus()")
    seen = []
    for _ in range(30):
        element = page.focused()
        if element.tag_name == "body":
            break
        outline = element.value_of_css_property("outline-style")
        name = element.get_attribute("id") or element.text or element.tag_name
        seen.append(name)
        box = "question" in name  # there the frame around it shows the focus
        assert outline != "none" or box, f"no visible focus on {name}"
        page.type(Keys.TAB)
    order = ["Skip to the content", "autospec", "Documents", "1", "Edit", "Copy", "JSON", "question", "ask-button", "filters-button", "new-conversation"]
    places = [seen.index(name) for name in order]
    assert places == sorted(places), seen


def test_nothing_moves_for_those_who_want_it_still(page):
    page.browser.media(prefers_reduced_motion="reduce")
    page.server.switch(pause=0.2)
    page.ask()
    page.see(".stage")
    page.press("nav a[href='#ask']")
    assert page.js("return document.getAnimations().length") == 0


def test_no_width_scrolls_sideways(page):
    for question in ("What is the horsepower of the 2021 Ford F-150 XLT SuperCrew 3.5L EcoBoost?", LIST):
        page.ask(question)
        page.answered()
    page.until("the table", lambda: page.all(".turn:last-child table"))
    for width in (320, 390, 820, 1280, 1920):
        page.browser.size(width, 800)
        for section in ("ask", "documents", "history", "system"):
            page.js("location.hash = arguments[0]", section)
            page.see(f"#view-{section}")
            wide = page.js("return document.documentElement.scrollWidth")
            assert wide <= width, (width, section, wide)


def test_the_policy_holds_and_nothing_is_asked_of_others(page):
    page.ask()
    page.answered()
    page.press(".turn .cite")
    addresses = page.js("return performance.getEntriesByType('resource').map((e) => e.name)")
    assert addresses and all(a.startswith(page.server.url) for a in addresses), addresses


# ---- the runner ----

def fresh(page):
    """The page as a first visitor finds it."""
    page.browser.size(1280, 900)
    page.browser.media(prefers_color_scheme="light", prefers_reduced_motion="reduce")
    page.server.switch(busy=0, loading=False, reading=False, pause=0.005, wrong=False, thinking=False, paged="", jobs="", **{"break": 0})
    page.open()
    page.js("localStorage.clear(); sessionStorage.clear()")
    for file in page.folder.iterdir():
        file.unlink()
    page.open()
    page.see("#examples button")
    page.browser.get_log("browser")


def complaints(browser):
    """What the console said that no test asks for: script errors, breaches of the policy."""
    expected = ("Failed to load resource", "net::ERR")
    return [e["message"] for e in browser.get_log("browser") if e["level"] == "SEVERE" and not any(x in e["message"] for x in expected)]


def attempt(label, page, *parts):
    """Whether all went well and the console was content; says so, as tests/e2e/page.sh reads it."""
    try:
        for part in parts:
            part(page)
        found = complaints(page.browser)
        assert not found, f"the console said: {found}"
        print(f"ok - {label}", flush=True)
        return True
    except (AssertionError, WebDriverException, ValueError, OSError):
        print(f"not ok - {label}\n{traceback.format_exc()}", flush=True)
        return False


def total(results):
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    return 0 if all(results) and results else 1


def main():
    wanted = "_".join(sys.argv[1:])
    tests = [(n, f) for n, f in globals().items() if n.startswith("test_") and wanted in n]
    with tempfile.TemporaryDirectory() as folder:
        server = MockServer()
        browser = Browser(downloads=folder)
        page = Page(browser, server, pathlib.Path(folder))
        try:
            results = [attempt(f"the page: {name.removeprefix('test_').replace('_', ' ')}", page, fresh, test)
                       for name, test in tests]
        finally:
            browser.quit()
            server.stop()
    return total(results)


if __name__ == "__main__":
    sys.exit(main())
