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


class Page:
    def __init__(self, browser, server, folder):
        self.browser, self.server, self.folder = browser, server, folder

    def open(self, where=""):
        self.browser.get("about:blank")
        self.browser.get(self.server.url + where)

    def all(self, css):
        return [e for e in self.browser.find_elements(By.CSS_SELECTOR, css) if e.is_displayed()]

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
        return self.until(f"{css} {text}", lambda: next((e for e in self.all(css) if text in e.text), None))

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
        self.see("#result .foot")
        return self.see("#result .answer").text

    def said(self, text):
        self.until(f"said: {text}", lambda: text in self.js("return document.getElementById('said').textContent"))


# ---- asking ----

def test_a_question_is_answered_with_its_source(page):
    page.ask()
    assert page.answered() == "The horsepower of the 2023 Toyota Camry LE is 203 hp 1.", page.answered()
    page.see(".sources .source", "Horsepower (hp): 203")
    page.see(".verdict", "The number stands in the passages cited.")
    page.said("203 hp")  # to a screen reader, once, as a whole
    assert page.see("#result-title").text == QUESTION
    assert page.see("#question").get_attribute("value") == ""
    page.press("#result button", "Edit")
    assert page.see("#question").get_attribute("value") == QUESTION


def test_the_answer_streams_and_can_be_stopped(page):
    page.server.switch(pause=0.15)
    page.ask()
    page.until("a part of the answer", lambda: 0 < len(page.see("#result .answer").text) < 30)
    assert page.js("return document.getElementById('result').getAttribute('aria-busy')") == "true"
    page.press("#ask-button", "Stop")
    page.see("#result", "Stopped here.")
    before = page.see("#result .answer").text
    time.sleep(0.6)
    assert page.see("#result .answer").text == before
    assert page.see("#ask-button").text == "Ask"


def test_a_new_question_takes_the_place_of_the_one_before(page):
    page.server.switch(pause=0.1)
    page.ask()
    page.see("#result .answer", "The")
    page.ask("How many seats has the 2023 Honda Accord?")
    assert "Honda Accord" in page.answered()
    assert len(page.all("#result .answer")) == 1


def test_an_example_is_asked_and_the_focus_follows(page):
    page.press("#examples button")
    on_title = lambda: page.js("return document.activeElement.id") == "result-title"
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
        renderResult({query: '<img src=x onerror="window.hit=1">', at: 1, result: {
            answer: '<b>203</b> <script>window.hit=1</script> [1]', numbers: [], notes: ['<i>note</i>'],
            reasoning: '<img src=x onerror="window.hit=1">',
            citations: [{n: 1, valid: true, quote: '<u>hp</u>'}],
            documents: [{content: '<u>hp</u>: <img src=x onerror="window.hit=1">', metadata: {title: '<s>t</s>', source: '<a>'}}]}})""")
    page.press(".cite")
    page.see("#passage-text mark", "<u>hp</u>")
    assert page.js("return document.querySelectorAll('#result img, #result b b, #result i i, #passage img, #passage u').length") == 0
    assert page.js("return window.hit") is None


def test_an_unsupported_number_is_marked(page):
    page.server.switch(wrong=True)
    page.ask()
    page.answered()
    assert "2037" in page.see(".doubt").text
    page.see(".verdict.bad", "2037 hp")
    page.said("Not supported")


def test_byte_offsets_find_their_number_behind_other_letters(page):
    text = "Citroën 🚗 hat 136 PS"
    at = len("Citroën 🚗 hat ".encode())
    page.js("""renderResult({query: 'q', at: 1, result: {answer: arguments[0],
        numbers: [{text: '136', offset: arguments[1], supported: false}]}})""", text, at)
    page.see(".doubt")
    assert page.js("return document.querySelector('.doubt').firstChild.data") == "136"


def test_a_refusal_says_so_and_shows_the_nearest_passages(page):
    page.ask("What is the torque curve colour of the Toyota Camry?".replace("torque", "paint"))
    assert "do not give" in page.answered()
    page.see(".more .source", "Camry")


def test_a_full_server_is_asked_again(page):
    page.server.switch(busy=2)
    page.ask()
    page.see(".stage", "busy")
    assert "203" in page.answered()


def test_a_model_that_is_being_loaded_is_waited_for(page):
    page.server.switch(loading=True)
    page.open()
    page.see("#model", "loading the model")
    page.ask()
    page.see(".stage", "being loaded")
    page.server.switch(loading=False)
    assert "203" in page.answered()
    page.see("#model", "autospec-nano")


def test_an_answer_that_breaks_off_keeps_what_came(page):
    page.server.switch(**{"break": 1, "pause": 0.05})
    page.ask()
    page.see("#result [role=alert]", "broke off")
    assert page.see("#result .answer").text.startswith("The horsepower")
    page.press("#result button", "Ask again")
    assert "203" in page.answered()


# ---- passages ----

def test_a_citation_opens_its_passage_with_the_quoted_words_marked(page):
    page.ask()
    page.answered()
    cite = page.see("#result .cite")
    cite.click()
    page.see("#passage", "2023 Toyota Camry LE")
    marks = [m.text for m in page.all("#passage-text mark")]
    assert " ".join(marks) == "Horsepower (hp) 203", marks
    assert page.focused().get_attribute("id") == "passage-title"
    assert cite.get_attribute("aria-expanded") == "true"
    page.type(Keys.ESCAPE)
    page.gone("#passage")
    assert page.focused().get_attribute("data-n") == "1"
    assert cite.get_attribute("aria-expanded") == "false"


def test_on_a_phone_the_passage_comes_over_the_page(page):
    page.browser.size(390, 800)
    page.ask()
    page.answered()
    page.press("#result .cite")
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
    assert not page.all("#result")  # nothing was asked yet
    page.type(Keys.ENTER)
    assert "Camry" in page.answered()


def test_filters_are_sent_and_can_be_taken_off(page):
    page.press("#filters-button")
    page.js("const s = document.getElementById('filter-manufacturer'); s.value = 'Honda'; s.dispatchEvent(new Event('change'))")
    page.see(".chip", "Honda")
    page.until("the models of Honda alone", lambda: "Accord" in (t := page.see("#filter-model").text) and "Camry" not in t)
    page.ask("What is the horsepower of the 2023?")
    page.answered()
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
    page.see("#result [role=alert]", "There are no documents")
    page.press("#result button", "Add documents")
    page.see("#documents-title")


# ---- history, copy, export ----

def test_history_is_kept_over_a_reload(page):
    page.ask()
    page.answered()
    page.open("#history")
    page.press("#history button", QUESTION)
    assert "203" in page.answered()
    page.open("#history")
    page.press("#history button", "Delete")
    page.see("#history", "Nothing asked yet")


def test_answers_are_exported(page):
    page.ask()
    page.answered()
    for name in ("Markdown", "JSON"):
        page.press("#result .foot button", name)
    files = [page.folder / "answer.md", page.folder / "answer.json"]
    page.until("both files", lambda: all(f.exists() for f in files))
    markdown, exported = files[0].read_text(), json.loads(files[1].read_text())
    assert QUESTION in markdown and "> Horsepower (hp): 203" in markdown and "vehicles.csv, row" in markdown
    assert exported["query"] == QUESTION and exported["numbers"][0]["text"] == "203"


def test_an_answer_is_copied(page):
    page.ask()
    page.answered()
    page.press("#result .foot button", "Copy")
    page.see("#result .foot button", "Copied")


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
        page.see("#result [role=alert]", "does not answer")
    finally:
        page.server.start()
    page.see("#banner", "The server is back")
    page.press("#result button", "Ask again")
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
        page.ask()
        page.answered()
        page.press("#result .cite")
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
    page.press("#filters-button")
    page.press("details.more summary")
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
    order = ["Skip to the content", "autospec", "Documents", "question", "ask-button", "filters-button", "1", "Copy", "JSON"]
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
    page.ask("What is the horsepower of the 2021 Ford F-150 XLT SuperCrew 3.5L EcoBoost?")
    page.answered()
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
    page.press("#result .cite")
    addresses = page.js("return performance.getEntriesByType('resource').map((e) => e.name)")
    assert addresses and all(a.startswith(page.server.url) for a in addresses), addresses


# ---- the runner ----

def fresh(page):
    """The page as a first visitor finds it."""
    page.browser.size(1280, 900)
    page.browser.media(prefers_color_scheme="light", prefers_reduced_motion="reduce")
    page.server.switch(busy=0, loading=False, pause=0.005, wrong=False, thinking=False, **{"break": 0})
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
