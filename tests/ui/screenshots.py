"""Makes docs/page-*.png: `python3 tests/ui/screenshots.py [FOLDER]`, against the mock server, so that
they show the same everywhere. They are made by hand when the page changes, and looked at."""

import pathlib
import sys
import time

from browser import Browser, MockServer
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

SAMPLES = """
    return get("/query/llm-info").then((info) => { for (let i = 0; i < 58; i++) {
        const wave = Math.sin(i / 5) * Math.sin(i / 13), busy = Math.max(0, wave);
        info.prefill_rate = 3650 + 260 * wave; info.decode_rate = 128 + 22 * wave;
        info.memory.kv_cache.used = 1.2e6 + 5e6 * busy;
        info.queue_length = Math.round(3 * busy);
        showSystem(info); } })"""
COMPARISON = "Which has more horsepower, the 2023 Toyota Camry or the 2023 Honda Accord?"
SHOTS = [  # name, width, height, scheme, section, question, then
    ("390-light", 390, 844, "light", "ask", COMPARISON, ""),
    ("820-light", 820, 640, "light", "ask", "How much can the 2021 Ford F-150 tow?", ""),
    ("1280-light", 1280, 800, "light", "ask", COMPARISON, ".cite"),
    ("1280-dark", 1280, 800, "dark", "system", "", ""),
]
MORE = [  # to look at, not kept
    ("welcome", 1280, 800, "light", "ask", "", ""),
    ("welcome-390-dark", 390, 844, "dark", "ask", "", ""),
    ("passage-390", 390, 844, "light", "ask", COMPARISON, ".cite"),
    ("documents-820", 820, 900, "light", "documents", "", ""),
    ("system-390", 390, 844, "light", "system", "", ""),
    ("history-820", 820, 900, "light", "history", COMPARISON, ""),
    ("documents-390-dark", 390, 844, "dark", "documents", "", ""),
    ("answer-dark", 1280, 800, "dark", "ask", COMPARISON, ".cite"),
    ("filters-820", 820, 900, "light", "ask", COMPARISON, "#filters-button"),
    ("filters-390", 390, 844, "light", "ask", "", "#filters-button"),
]


def shoot(browser, server, path, width, height, scheme, section, question, then):
    server.switch(wrong=width == 820)  # this one shows a number that does not stand in its passage
    browser.size(width, height)
    browser.media(prefers_color_scheme=scheme, prefers_reduced_motion="reduce")
    browser.get("about:blank")
    browser.get(server.url)
    time.sleep(0.8)
    if question:
        browser.find_element(By.ID, "question").send_keys(question, Keys.ENTER)
        time.sleep(1.5)
        browser.execute_script("document.activeElement.blur()")
    browser.execute_script("location.hash = arguments[0]", section)
    time.sleep(2.5 if section == "system" else 0.8)
    if section == "system":  # two minutes' samples at once
        browser.execute_script(SAMPLES)
    if then:
        browser.execute_script("document.querySelector(arguments[0]).click()", then)
        time.sleep(0.5)
    if section == "ask":
        browser.execute_script("if (!document.getElementById('passage').open) document.activeElement.blur()")
    browser.save_screenshot(str(path))


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "docs")
    server, browser = MockServer(), Browser()
    server.switch(pause=0.002)
    try:
        for name, *how in SHOTS + (MORE if len(sys.argv) > 1 else []):
            shoot(browser, server, folder / f"page-{name}.png", *how)
    finally:
        browser.quit()
        server.stop()


if __name__ == "__main__":
    main()
