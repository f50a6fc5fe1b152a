"""What the tests of the page and the screenshots share: a headless Chromium, the mock server."""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

HERE = pathlib.Path(__file__).resolve().parent


class Browser(webdriver.Chrome):
    def __init__(self, width=1280, height=900, downloads=None):
        options = Options()
        options.binary_location = shutil.which("chromium") or shutil.which("chromium-browser")
        for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                         "--no-first-run", "--disable-background-networking", "--lang=en-US",
                         "--hide-scrollbars", f"--window-size={width},{height}"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        if downloads:
            options.add_experimental_option("prefs", {"download.default_directory": str(downloads),
                                                      "download.prompt_for_download": False})
        super().__init__(service=Service(shutil.which("chromedriver")), options=options)
        self.set_script_timeout(120)  # a machine may be busy with other things

    def size(self, width, height, scale=1):
        """The size of the viewport itself, whatever the window's frame takes."""
        self.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                             {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": width < 500})

    def media(self, **features):
        listed = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": listed})

    def uploads_at(self, speed):
        """How many bytes a second go up; -1: as many as can."""
        self.execute_cdp_cmd("Network.enable", {})
        self.execute_cdp_cmd("Network.emulateNetworkConditions",
                             {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": speed})


class MockServer:
    def __init__(self, key="", port=0):
        self.key, self.port = key, port
        self.start()

    def start(self):
        command = [sys.executable, str(HERE / "mock_server.py"), "--port", str(self.port), "--key", self.key]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        self.url = f"http://127.0.0.1:{self.port}/"

    def switch(self, **switches):
        body = json.dumps(switches).encode()
        urllib.request.urlopen(urllib.request.Request(f"{self.url}mock", body)).read()

    def stop(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()


def ingest(program, store, documents="data"):
    subprocess.run([program, "ingest", documents], env={**os.environ, "AUTOSPEC_STORE": str(store)}, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class RealServer:
    """`autospec serve` over a store of its own."""

    def __init__(self, program, store, key=""):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.program, self.store, self.key = program, store, key
        self.start()

    def start(self):
        environment = {**os.environ, "AUTOSPEC_STORE": str(self.store), "API_KEY": self.key}
        self.process = subprocess.Popen([self.program, "serve", "--port", str(self.port)], env=environment,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.url = f"http://127.0.0.1:{self.port}/"
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{self.url}health").read()
                return
            except OSError:
                if self.process.poll() is not None:
                    raise RuntimeError("autospec serve ended at once") from None
                time.sleep(0.1)
        raise RuntimeError("autospec serve does not answer")

    def stop(self):
        self.process.kill()
        self.process.wait()
