"""The page as `autospec serve` gives it out: one visit from the key to the end of the server.

    python3 tests/ui/test_served.py PROGRAM

The states that are hard to bring about with the real server are in test_page.py. Ends with
"N passed, M failed".
"""

import os
import pathlib
import sys
import tempfile
import traceback
import urllib.request

from browser import Browser, RealServer, ingest
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from test_page import QUESTION, Page, complaints

KEY = "a-key-for-the-test"
SHEET = """# 2031 Zephyr Breeze

- Category: Sedan
- Engine Type: Electric
- Horsepower: 321 hp
- Seats: 4
"""


def step_the_policy_is_strict(page):
    policy = urllib.request.urlopen(page.server.url).headers["Content-Security-Policy"]
    assert "'none'" in policy and "unsafe" not in policy, policy


def step_a_wrong_key_is_refused_and_the_right_one_goes_on(page):
    page.open()
    page.see("#key-dialog")
    page.type("wrong", Keys.ENTER)
    page.see("#key-error", "not accepted")
    page.see("#key").send_keys(KEY, Keys.ENTER)
    page.gone("#key-dialog")
    page.see(".examples")


def step_an_answer_streams_and_its_numbers_are_checked(page):
    page.js("window.tokens = 0; const before = showToken; showToken = (...a) => { window.tokens++; before(...a); }")
    page.ask()
    assert "203 hp" in page.answered(), page.answered()
    assert page.js("return window.tokens") > 3
    page.see(".verdict", "in the passages cited")
    page.see(".sources .source", "vehicles.csv, row")


def step_a_citation_opens_its_passage(page):
    page.press("#result .cite")
    page.see("#passage", "2023 Toyota Camry LE")
    marks = [m.text for m in page.all("#passage-text mark")]
    assert "203" in " ".join(marks), marks
    page.press("#passage-close")


def step_filters_narrow_what_is_read(page):
    page.js("setFilter('manufacturer', ['Honda']); setFilter('year', [2023])")
    page.ask("What is the horsepower of the Accord?")
    page.answered()
    made = page.js("return current.result.documents.map((d) => d.metadata.manufacturer)")
    assert made and set(made) == {"Honda"}, made
    page.js("setFilter('manufacturer', []); setFilter('year', [])")


def step_a_file_is_read_answered_from_and_deleted(page):
    sheet = page.folder / "zephyr.md"
    sheet.write_text(SHEET)
    page.js("location.hash = 'documents'")
    page.see("#documents li", "vehicles.csv")
    page.browser.find_element(By.ID, "files").send_keys(str(sheet))
    page.see("#documents li", "zephyr.md")
    page.press("#documents .open", "zephyr.md")
    page.see("#passage-text", "321 hp")
    page.js("location.hash = 'ask'")
    page.ask("What is the horsepower of the 2031 Zephyr Breeze?")
    page.answered()
    page.see("#result", "zephyr.md")
    page.js("location.hash = 'documents'")
    page.press("[aria-label='Delete zephyr.md']")
    page.press("#confirm-yes")
    page.until("one document less", lambda: "zephyr.md" not in page.see("#documents").text)


def step_the_system_panel_shows_the_model(page):
    page.js("location.hash = 'system'")
    page.see("#info", "Quantization")
    page.see("#memory", "Weights")


def step_a_server_that_goes_and_comes_back_is_noticed(page):
    page.js("location.hash = 'ask'")
    page.server.stop()
    page.ask()
    page.see("#banner", "does not answer")
    page.server.start()
    page.see("#banner", "The server is back")
    page.press("#result button", "Ask again")
    assert "203 hp" in page.answered()


def main():
    program = os.path.abspath(sys.argv[1])
    steps = [(n, f) for n, f in globals().items() if n.startswith("step_")]
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        store = pathlib.Path(folder) / "store.db"
        files = pathlib.Path(folder) / "files"
        files.mkdir()
        ingest(program, store)
        server = RealServer(program, store, KEY)
        browser = Browser()
        page = Page(browser, server, files)
        try:
            for name, step in steps:
                label = name.removeprefix("step_").replace("_", " ")
                try:
                    step(page)
                    found = complaints(browser)
                    assert not found, f"the console said: {found}"
                    passed += 1
                    print(f"ok - the page as served: {label}", flush=True)
                except (AssertionError, WebDriverException, ValueError, OSError):
                    failed += 1
                    print(f"not ok - the page as served: {label}\n{traceback.format_exc()}", flush=True)
        finally:
            browser.quit()
            server.stop()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
