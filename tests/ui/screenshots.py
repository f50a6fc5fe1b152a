"""Makes docs/page-*.png: `python3 tests/ui/screenshots.py build/autospec [FOLDER]`. They show the
program itself over data/. They are made by hand when the page changes, and looked at; with a FOLDER, all
are made that are worth it."""

import concurrent.futures
import itertools
import json
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.request

from browser import Browser, RealServer, ingest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

COMPARISON = ("Which has more horsepower, the 2023 Toyota Camry or the 2023 Honda Accord?",)
CONVERSATION = ("What is the horsepower of the 2023 Toyota Camry?", "and the torque?", "What can a 1968 Tatra 603 tow?")
SHEET = ("Which weighs more, the 2021 Borrego Canyon Sport or the 2021 Borrego Canyon Summit?",)  # tests/e2e/pdf_sheets.py
LIST = ("Which Toyota has more than 300 hp?",)
SHOTS = [  # name, width, height, scheme, section, questions, then
    ("390-light", 390, 844, "light", "ask", COMPARISON, ""),
    ("820-light", 820, 1100, "light", "ask", CONVERSATION, ""),
    ("1280-light", 1280, 800, "light", "ask", COMPARISON, ".cite"),
    ("pdf", 1280, 800, "light", "ask", SHEET, ".cite"),
    ("1280-dark", 1280, 800, "dark", "ask", LIST, "thead th:nth-child(2) button"),
]
MORE = [  # to look at, not kept
    ("welcome", 1280, 800, "light", "ask", (), ""),
    ("welcome-390-dark", 390, 844, "dark", "ask", (), ""),
    ("passage-390", 390, 844, "light", "ask", COMPARISON, ".cite"),
    ("table-820-dark", 820, 1000, "dark", "ask", LIST, "thead th:nth-child(2) button"),
    ("edit-820", 820, 900, "light", "ask", CONVERSATION[:2], ".understood button"),
    ("documents-820", 820, 900, "light", "documents", (), ""),
    ("system-1280-dark", 1280, 800, "dark", "system", (), ""),
    ("system-390", 390, 844, "light", "system", (), ""),
    ("history-820", 820, 900, "light", "history", CONVERSATION, ""),
    ("pdf-390", 390, 844, "light", "ask", SHEET, ".cite"),
    ("pdf-820-dark", 820, 1000, "dark", "ask", SHEET, ".cite"),
    ("documents-390-dark", 390, 844, "dark", "documents", (), ""),
    ("answer-dark", 1280, 800, "dark", "ask", COMPARISON, ".cite"),
    ("filters-820", 820, 900, "light", "ask", COMPARISON, "#filters-button"),
    ("filters-390", 390, 844, "light", "ask", (), "#filters-button"),
]


def keep_busy(url, seconds):
    """Texts of the model's for the graphs of the system panel to show, now few and now many at once."""
    def write(i):
        message = {"role": "user", "content": f"Tell me about car {i}. " + "It is red. " * 20}
        body = json.dumps({"messages": [message], "max_tokens": 80}).encode()
        urllib.request.urlopen(urllib.request.Request(f"{url}v1/chat/completions", body, {"Content-Type": "application/json"})).read()

    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(24) as pool:
        for wave in itertools.cycle((1, 2, 4, 24, 16, 3, 2, 0, 0, 1)):
            if time.monotonic() - began > seconds:
                return
            end = time.monotonic() + 2
            while wave and time.monotonic() < end:
                list(pool.map(write, range(wave)))
            time.sleep(max(0, end - time.monotonic()))


def shoot(browser, server, path, width, height, scheme, section, questions, then):
    browser.size(width, height)
    browser.media(prefers_color_scheme=scheme, prefers_reduced_motion="reduce")
    browser.get("about:blank")
    browser.get(server.url)
    time.sleep(0.8)
    for question in questions:
        browser.find_element(By.ID, "question").send_keys(question, Keys.ENTER)
        time.sleep(1.5)
    browser.execute_script("document.activeElement.blur()")
    browser.execute_script("location.hash = arguments[0]", section)
    if section == "system":
        keep_busy(server.url, 58 if width > 1000 else 20)
    time.sleep(0.8)
    if then:
        browser.execute_script("document.querySelector(arguments[0]).click()", then)
        time.sleep(1.5)
    if section == "ask":
        browser.execute_script("document.querySelector('.turn:last-child :is(table, h2)')?.scrollIntoView({block: 'nearest'})")
        browser.execute_script("if (!document.getElementById('passage').open) document.activeElement.blur()")
    browser.save_screenshot(str(path))


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else "docs")
    with tempfile.TemporaryDirectory() as place:
        store = pathlib.Path(place) / "store.db"
        subprocess.run([sys.executable, "tests/e2e/pdf_sheets.py", place], check=True)
        ingest(program, store)
        ingest(program, store, f"{place}/ruled.pdf")
        server, browser = RealServer(program, store), Browser()
        try:
            for name, *how in SHOTS + (MORE if len(sys.argv) > 2 else []):
                shoot(browser, server, folder / f"page-{name}.png", *how)
        finally:
            browser.quit()
            server.stop()


if __name__ == "__main__":
    main()
