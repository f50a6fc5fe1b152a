"""The page as `autospec serve` gives it out, over data/: from the key to the end of the server.

    python3 tests/ui/test_served.py PROGRAM [WORD...]     only visits whose names hold one of the words

The same visit is made on a phone, a tablet and a wide screen, in light and in dark; then one with the
keyboard alone, and one to a server that has no documents. The states that are hard to bring about with
the real server are in test_page.py. Ends with "N passed, M failed".
"""

import json
import os
import pathlib
import sys
import tempfile
import urllib.request

from browser import Browser, RealServer, ingest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from test_page import CONTRAST, QUESTION, Page, attempt, total

KEY = "a-key-for-the-test"
SECTIONS = ("ask", "documents", "history", "system")
TABLE = "Manufacturer,Model,Year,Trim,Category,Horsepower (hp),Notes\n" + "".join(
    f"Zephyr,Breeze,{1950 + i % 80},T{i},Kite,{100 + i},{'the wind carries it and nothing else does so. ' * 16}\n"
    for i in range(500)) + "Zephyr,Breeze,2031,One,Kite,321,calm\n"
TEXT = "2032 Zephyr Gale\n\nThe horsepower of the 2032 Zephyr Gale is 777 hp.\n"


# ---- a visit, at any width ----

def step_the_policy_is_strict(page):
    policy = urllib.request.urlopen(page.server.url).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy, policy


def step_a_wrong_key_is_refused_and_the_right_one_goes_on(page):
    page.open()
    page.see("#key-dialog")
    page.type("wrong", Keys.ENTER)
    page.see("#key-error", "not accepted")
    page.see("#key").send_keys(KEY, Keys.ENTER)
    page.gone("#key-dialog")
    page.see(".examples")
    page.see("#model", "nano · 4-bit")


def step_the_examples_have_answers(page):
    for i in range(3):
        page.open()
        example = page.until("three examples", lambda: len(e := page.all("#examples button")) == 3 and e)[i].text
        page.press("#examples button", example)
        page.answered()
        assert not page.js("return current.result.refused"), example


def step_makes_and_models_are_suggested(page):
    page.open()
    page.see("#question").send_keys("What is the horsepower of the 2023 Toyo")
    page.press("#suggestions li", "Toyota")
    page.press("#suggestions li", "Camry")
    assert page.see("#question").get_attribute("value") == "What is the horsepower of the 2023 Toyota Camry "


def step_an_answer_streams_and_says_what_was_checked(page):
    page.js("window.tokens = 0; const before = showToken; showToken = (...a) => { window.tokens++; before(...a); }")
    page.ask()
    assert "203 hp" in page.answered(), page.answered()
    assert page.js("return window.tokens") > 0
    page.see(".verdict.good", "The figure was read from its cell.")
    page.see(".understood code", "2023 Toyota Camry")
    page.see(".sources .source", "vehicles.csv, row 245")


def step_a_citation_opens_its_passage_with_the_quoted_words_marked(page):
    page.press(".turn .cite")
    page.see("#passage", "2023 Toyota Camry LE")
    marks = [m.text for m in page.all("#passage-text mark")]
    assert marks == ["Horsepower (hp)", "203"], marks
    page.press("#passage-close")
    page.gone("#passage")


def step_an_answer_is_copied_and_exported(page):
    page.press(".turn .foot button", "Copy")
    page.see(".turn .foot button", "Copied")
    for name in ("Markdown", "JSON"):
        page.press(".turn .foot button", name)
    files = [page.folder / "answer.md", page.folder / "answer.json"]
    page.until("both files", lambda: all(f.exists() for f in files))
    markdown, exported = files[0].read_text(), json.loads(files[1].read_text())
    assert QUESTION in markdown and "> Horsepower: 203" in markdown and "vehicles.csv, row 245" in markdown
    assert exported["query"] == QUESTION and exported["rows"][0]["value"] == 203, exported


def step_a_follow_up_carries_the_vehicle_over(page):
    page.ask("and the torque?")
    page.until("the follow-up", lambda: "184 lb-ft" in page.answered())
    assert "Camry" in page.answered() and page.js("return current.result.rows[0].location") == "row 245"
    page.ask("what about the 2023 Honda Accord?")
    page.until("the next", lambda: "Accord" in page.answered())
    assert page.js("return current.result.rows[0].attribute_id") == "torque"
    assert len(page.all(".turn")) == 3


def step_a_comparison_has_a_table_that_is_sorted_and_exported(page):
    page.press("#new-conversation")
    page.ask("Which has more horsepower, the 2023 Toyota Camry or the 2023 Honda Accord?")
    assert "11 hp" in page.answered(), page.answered()
    page.see(".verdict.good", "Each figure was read from its cell, or computed from such cells.")
    values = lambda: [e.text for e in page.all("td.number")]
    assert values() == ["203", "192"]
    page.press("thead th.number button")
    assert values() == ["192", "203"]
    page.press(".table-top button", "CSV")
    page.until("the file", (page.folder / "answer.csv").exists)
    lines = (page.folder / "answer.csv").read_text("utf-8-sig").splitlines()
    assert len(lines) == 3 and lines[1].split(",")[:2] == ["2023 Toyota Camry LE", "203"], lines


def step_what_is_not_there_or_not_understood_is_said_calmly(page):
    for question, status, word in (("What is the horsepower of the 1968 Tatra 603?", "not_found", "Tatra 603"),
                                   ("blorptify the frumious quux", "not_understood", "blorptify")):
        page.press("#new-conversation")
        page.ask(question)
        assert word in page.answered() and page.js("return current.result.status") == status, page.answered()
        page.see(".verdict.none", "Not ")
    page.press("#new-conversation")


def step_filters_narrow_what_is_read(page):
    page.press("#filters-button")
    page.see("#filter-manufacturer").send_keys("Honda")
    page.see(".chip", "Honda")
    page.see("#filter-year").send_keys("2023", Keys.TAB)
    page.see(".chip", "2023")
    page.press("#filters-button")
    page.ask("What is the horsepower of the Accord?")
    assert "192" in page.answered(), page.answered()
    read = page.js("return current.result.documents.map((d) => d.metadata.manufacturer + d.metadata.year)")
    assert read and set(read) == {"Honda2023"}, read
    for name in ("Honda", "2023"):
        page.press(".chip", name)
    page.gone(".chip")


def step_a_table_and_a_text_are_sent_with_progress_and_listed(page):
    (page.folder / "zephyr.csv").write_text(TABLE)
    (page.folder / "gale.txt").write_text(TEXT)
    page.js("location.hash = 'documents'")
    page.see("#documents li", "vehicles.csv")
    page.js("""window.states = []; new MutationObserver(() => window.states.push(...[...document.querySelectorAll('#uploads small')]
        .map((e) => e.textContent))).observe(document.getElementById('uploads'), {subtree: true, childList: true, characterData: true})""")
    page.browser.uploads_at(300_000)
    files = page.browser.find_element(By.ID, "files")
    files.send_keys(f"{page.folder / 'zephyr.csv'}\n{page.folder / 'gale.txt'}")
    page.see("#documents li", "zephyr.csv")
    page.see("#documents li", "gale.txt")
    page.browser.uploads_at(-1)
    states = page.js("return window.states")
    sent = [int(s.split()[1]) for s in states if s.startswith("Sending, ")]
    assert any(0 < s < 100 for s in sent) and sent == sorted(sent), states
    page.see("#uploads-done", "zephyr.csv was read: 501 passages")
    page.see("#uploads-done", "gale.txt was read: 1 passage")
    page.gone("#uploads li")


def step_a_file_that_is_there_already_is_said_to_be(page):
    page.browser.find_element(By.ID, "files").send_keys(str(page.folder / "gale.txt"))
    page.see("#uploads-done", "gale.txt was there already, unchanged.")


def step_a_broken_pdf_is_refused_and_why(page):
    for name, why in (("sheet.pdf", "the PDF is cut off"), ("sheet.doc", "Word files cannot be read")):
        (page.folder / name).write_bytes(b"%PDF-1.7\n\xff\x00" if name.endswith("pdf") else b"\xd0\xcf\x11\xe0")
        page.browser.find_element(By.ID, "files").send_keys(str(page.folder / name))
        page.see("#uploads [role=alert]", why)
        page.press("#uploads button", "Dismiss")
        page.gone("#uploads li")


def step_what_was_added_is_answered_from(page):
    for vehicle, number, name in (("2031 Zephyr Breeze", "321 hp", "zephyr.csv"), ("2032 Zephyr Gale", "777 hp", "gale.txt")):
        page.js("location.hash = 'ask'")
        page.ask(f"What is the horsepower of the {vehicle}?")
        page.until("the answer", lambda: vehicle in page.answered())
        assert number in page.answered(), page.answered()
        page.see(".turn:last-child .source", name)


def step_a_document_is_opened_and_deleted(page):
    page.js("location.hash = 'documents'")
    page.press("#documents .open", "zephyr.csv")
    page.see("#passage", "the first 100 of 501 passages")
    page.see("#passage-text", "Horsepower (hp)")
    page.press("#passage-close")
    for name in ("zephyr.csv", "gale.txt"):
        page.press(f"[aria-label='Delete {name}']")
        page.press("#confirm-yes")
        page.until("one document less", lambda: name not in page.see("#documents").text)
    page.open("#documents")
    page.see("#documents-count", "7 documents")
    assert "Zephyr" not in urllib.request.urlopen(urllib.request.Request(
        f"{page.server.url}query/manufacturers", headers={"x-token": KEY})).read().decode()


def step_history_is_kept_over_a_reload(page):
    page.open("#history")
    page.press("#history .open", QUESTION)
    assert "203 hp" in page.answered()
    page.press(".turn .cite")
    page.see("#passage-text mark", "203")
    page.press("#passage-close")
    page.open("#history")
    page.press(f"[aria-label='Delete “{QUESTION}” from the history']")
    page.until("it is gone", lambda: QUESTION not in page.see("#history").text)


def step_the_system_panel_shows_the_model_at_work_and_idle(page):
    page.open("#system")
    for text in ("nano", "qwen2", "6.2 million", "4-bit", "4,096 tokens"):
        page.see("#info dd", text)
    page.see("#memory", "Weights")
    page.see(".graph strong", "idle")
    page.js("""window.load = setInterval(() => request('/v1/chat/completions', {method: 'POST', headers: {'Content-Type': 'application/json'},
        body: JSON.stringify({max_tokens: 200, messages: [{role: 'user', content: 'Tell me about the car. '.repeat(20)}]})}).catch(() => {}), 700)""")
    page.until("two rates", lambda: sum("tokens/s" in e.text for e in page.all(".graph strong")) == 2)
    page.js("clearInterval(window.load)")
    page.until("idle again", lambda: sum(e.text == "idle" for e in page.all(".graph strong")) == 2)
    curves = page.js("return [...document.querySelectorAll('.graph .curve')].map((e) => new Set((e.getAttribute('d')"
                     ".match(/,[\\d.]+/g))).size)")
    assert len(curves) == 4 and curves[0] > 1 and curves[1] > 1, curves


def step_it_can_be_read_in_light_and_dark_and_never_scrolls_sideways(page):
    page.open()
    page.ask("Which has more horsepower, the 2023 Toyota Camry or the 2023 Honda Accord?")
    page.answered()
    for section in SECTIONS:
        page.js("location.hash = arguments[0]", section)
        page.see(f"#view-{section}")
        if section == "ask":
            page.press("#filters-button")
            page.press(".turn .cite")
        page.until("the section's text", lambda: len(page.see(f"#view-{section}").text) > 60)
        width, wide = page.js("return [innerWidth, document.documentElement.scrollWidth]")
        assert wide <= width, (section, width, wide)
        for scheme in ("light", "dark"):
            page.browser.media(prefers_color_scheme=scheme, prefers_reduced_motion="reduce")
            poor = page.js(CONTRAST)
            assert not poor, (scheme, section, poor)


def step_a_server_that_goes_and_comes_back_is_noticed(page):
    page.open()
    page.see(".examples")
    page.server.stop()
    page.ask()
    page.see("#banner", "does not answer")
    page.see(".turn [role=alert]", "does not answer")
    page.server.start()
    page.see("#banner", "The server is back")
    page.press(".turn button", "Ask again")
    assert "203 hp" in page.answered()
    page.gone("#banner")


# ---- with the keyboard alone ----

def tab_to(page, css):
    """Tab until the focus is on what matches; it must be visible where it stands."""
    seen = []
    for _ in range(90):
        ActionChains(page.browser).send_keys(Keys.TAB).perform()  # send_keys of a file input takes paths
        element = page.focused()
        if page.js("return arguments[0].matches(arguments[1])", element, css):
            assert element.is_displayed() or page.js("return arguments[0].closest('label') !== null", element), css
            return element
        seen.append(element.get_attribute("id") or element.text)
    raise AssertionError(f"the tab key never comes to {css}: {seen}")


def keys_the_key_is_typed(page):
    page.open()
    page.see("#key-dialog")
    page.type(KEY, Keys.ENTER)
    page.gone("#key-dialog")
    page.see(".examples")


def keys_a_question_its_citation_and_back(page):
    page.until("the question has the focus", lambda: page.focused().get_attribute("id") == "question")
    page.type(QUESTION, Keys.ENTER)
    page.answered()
    page.js("document.querySelector('.skip').focus()")  # the conversation stands before the question
    tab_to(page, ".turn .cite")
    page.type(Keys.ENTER)
    page.see("#passage mark", "203")
    assert page.focused().get_attribute("id") == "passage-title"
    page.type(Keys.ESCAPE)
    page.gone("#passage")
    assert page.focused().get_attribute("data-n") == "1"


def keys_an_answer_is_exported(page):
    page.until("the button", lambda: tab_to(page, ".turn .foot button").text == "JSON")
    page.type(Keys.ENTER)
    page.until("the file", (page.folder / "answer.json").exists)


def keys_a_follow_up_and_its_edit(page):
    tab_to(page, "#question")
    page.type("and the torque?", Keys.ENTER)
    page.until("the follow-up", lambda: "184" in page.answered())
    page.js("document.querySelector('.turn:last-child h2').focus()")
    tab_to(page, ".turn:last-child .understood button")
    page.type(Keys.ENTER)
    assert page.focused().get_attribute("id") == "question"
    assert page.focused().get_attribute("value") == "and the torque?"
    tab_to(page, "#new-conversation")
    page.type(Keys.ENTER)
    page.gone(".turn")


def keys_a_filter_is_set_and_taken_off(page):
    tab_to(page, "#filters-button")
    page.type(Keys.ENTER)
    tab_to(page, "#filter-manufacturer")
    page.type("Honda")
    page.see(".chip", "Honda")
    tab_to(page, ".chip")
    page.type(Keys.ENTER)
    page.gone(".chip")
    assert page.focused().get_attribute("id") == "filters-button"
    page.type(Keys.ENTER)
    page.gone("#filters")


def keys_a_file_is_added_and_deleted(page):
    (page.folder / "gale.txt").write_text(TEXT)
    tab_to(page, "nav a[href='#documents']")
    page.type(Keys.ENTER)
    page.until("the heading has the focus", lambda: page.focused().get_attribute("id") == "documents-title")
    tab_to(page, "#files").send_keys(str(page.folder / "gale.txt"))
    page.see("#documents li", "gale.txt")
    tab_to(page, "[aria-label='Delete gale.txt']")
    page.type(Keys.ENTER)
    page.see("#confirm", "Delete gale.txt?")
    assert page.focused().text == "Cancel"  # the harmless one first
    tab_to(page, "#confirm-yes")
    page.type(Keys.ENTER)
    page.until("one document less", lambda: "gale.txt" not in page.see("#documents").text)
    assert page.focused().tag_name != "body"


def keys_the_history_and_the_system_are_reached(page):
    tab_to(page, "nav a[href='#history']")
    page.type(Keys.ENTER)
    page.see("#history .open", QUESTION)
    tab_to(page, "#history .open")
    page.type(Keys.ENTER)
    assert "184" in page.answered()
    page.see(".turn", f"Asked after “{QUESTION}”")
    tab_to(page, "nav a[href='#system']")
    page.type(Keys.ENTER)
    page.see("#info dd", "nano")


# ---- a server without documents ----

def empty_it_says_so_and_leads_to_the_documents(page):
    page.open()
    page.see("#examples", "There are no documents")
    page.ask()
    page.see(".turn [role=alert]", "There are no documents")
    page.press(".turn button", "Add documents")
    page.see("#documents-count", "None yet")


def empty_the_first_file_brings_examples_and_answers(page):
    (page.folder / "zephyr.csv").write_text(TABLE)
    page.browser.find_element(By.ID, "files").send_keys(str(page.folder / "zephyr.csv"))
    page.see("#documents li", "zephyr.csv")
    page.js("location.hash = 'ask'")
    page.see("#model", "nano")
    page.ask("What is the horsepower of the 2031 Zephyr Breeze?")
    assert "321 hp" in page.answered()
    page.open()
    page.see("#examples button", "Zephyr Breeze")


def empty_deleting_all_wants_a_word_typed(page):
    page.open("#documents")
    page.press("#reset")
    assert not page.see("#confirm-yes").is_enabled()
    page.see("#confirm-word").send_keys("delete")
    page.press("#confirm-yes")
    page.see("#documents-count", "None yet")


# ---- the runner ----

VISITS = [  # name, width, height, scheme, the steps' prefix
    ("390 light", 390, 844, "light", "step_"),
    ("820 dark", 820, 1000, "dark", "step_"),
    ("1280 light", 1280, 900, "light", "step_"),
    ("keyboard", 1280, 900, "dark", "keys_"),
    ("no documents", 820, 900, "light", "empty_"),
]


def visit(page, name, width, height, scheme, prefix):
    """Whether each step went well."""
    page.open()
    page.js("localStorage.clear(); sessionStorage.clear()")
    page.browser.size(width, height)
    page.browser.media(prefers_color_scheme=scheme, prefers_reduced_motion="reduce")
    for file in page.folder.iterdir():
        file.unlink()
    return [attempt(f"the page as served, {name}: {step.removeprefix(prefix).replace('_', ' ')}", page, function)
            for step, function in globals().items() if step.startswith(prefix)]


def main():
    program, wanted = os.path.abspath(sys.argv[1]), sys.argv[2:] or [""]
    results = []
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        files = folder / "files"
        files.mkdir()
        ingest(program, folder / "store.db")
        server, empty = RealServer(program, folder / "store.db", KEY), RealServer(program, folder / "empty.db")
        browser = Browser(downloads=files)
        try:
            for v in VISITS:
                if any(word in v[0] for word in wanted):
                    results += visit(Page(browser, empty if v[4] == "empty_" else server, files), *v)
        finally:
            browser.quit()
            server.stop()
            empty.stop()
    return total(results)


if __name__ == "__main__":
    sys.exit(main())
