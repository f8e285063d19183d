"""A browser, driven: the WebDriver protocol over Python's own HTTP client, and Chromium's own commands where the protocol has none.

Owns starting and ending the driver and its browser. Knows nothing of our pages. Nothing but Python's standard library.
"""

import base64
import http.client
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
NAMES = (("chromium", "chromium-browser", "google-chrome"), ("chromedriver",))


def find(install=True):
    """The browser and its driver; installed from Debian where they are missing and we may."""
    found = [next(filter(None, map(shutil.which, names)), None) for names in NAMES]
    if all(found):
        return found
    if install and shutil.which("apt-get"):
        print("browser: chromium or chromedriver is missing; installing them with apt-get", flush=True)
        for command in (["update"], ["install", "-y", "--no-install-recommends", "chromium", "chromium-driver"]):
            subprocess.run(["apt-get", "-qq", *command], stdout=subprocess.DEVNULL, check=False)
        return find(install=False)
    print("BROWSER MISSING: chromium and chromedriver are needed (Debian: apt-get install chromium chromium-driver).", file=sys.stderr)
    raise SystemExit(1)


class Refused(Exception):
    """The driver did not do what it was asked."""


class Browser:
    """One browser window. Use it with `with`: the browser ends with it."""

    def __init__(self):
        binary, driver = find()
        self.profile = tempfile.mkdtemp(prefix="browser-")
        self.process = subprocess.Popen(
            [driver, "--port=0", "--log-level=SEVERE"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        port = next((m[1] for line in self.process.stdout if (m := re.search(r"successfully on port (\d+)", line))), None)
        if port is None:
            raise Refused("chromedriver did not start")
        self.http = http.client.HTTPConnection("127.0.0.1", int(port), timeout=300)
        options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run"]
        # The browser itself may not look for updates either: no name resolves.
        options += ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND"]
        options += [f"--user-data-dir={self.profile}", "--window-size=1440,1000"]
        asked = {
            "browserName": "chrome",
            "goog:chromeOptions": {"binary": binary, "args": options},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            "unhandledPromptBehavior": "ignore",
        }
        self.base = ""
        self.base = "/session/" + self.ask("POST", "/session", {"capabilities": {"alwaysMatch": asked}})["sessionId"]
        # A machine that has other work to do takes its time over a long page.
        self.ask("POST", "/timeouts", {"script": 240_000, "pageLoad": 240_000})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.ask("DELETE", "")
        finally:
            self.process.terminate()
            self.process.wait(20)
            shutil.rmtree(self.profile, ignore_errors=True)

    def ask(self, method, path, body=None):
        """One command of the protocol."""
        text = None if method in ("GET", "DELETE") else json.dumps(body or {})
        self.http.request(method, self.base + path, text, {"Content-Type": "application/json"})
        answer = json.loads(self.http.getresponse().read())["value"]
        if isinstance(answer, dict) and "error" in answer:
            raise Refused(f"{path}: {answer['error']}: {answer.get('message', '')[:400]}")
        return answer

    def chrome(self, command, **parameters):
        """One command of Chromium's own."""
        return self.ask("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def open(self, path):
        """Opens a file."""
        self.ask("POST", "/url", {"url": pathlib.Path(path).resolve().as_uri()})

    def open_blank(self):
        """Leaves the browser's own start page, and what it asked for, behind."""
        self.ask("POST", "/url", {"url": "about:blank"})
        for kind in ("browser", "performance"):
            self.log(kind)

    def run(self, script, *arguments):
        """Runs a function's body in the page and gives back what it returns."""
        return self.ask("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def run_async(self, script, *arguments):
        """The same for a body that calls its last argument when it is done."""
        return self.ask("POST", "/execute/async", {"script": script, "args": list(arguments)})

    def log(self, kind):
        """What was logged since the last time: `browser` (the console) or `performance` (everything the page asked for)."""
        return self.ask("POST", "/se/log", {"type": kind})

    def press(self, *keys):
        """Presses keys one after another."""
        presses = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self.ask("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": presses}]})

    def size(self, width, height):
        """Sets the window's inside."""
        self.chrome("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def picture(self, path):
        """What is in sight, as a PNG."""
        path.write_bytes(base64.b64decode(self.chrome("Page.captureScreenshot", format="png")["data"]))

    def print(self, path):
        """The page as it prints; gives back the number of sheets."""
        pdf = base64.b64decode(self.chrome("Page.printToPDF", preferCSSPageSize=True, printBackground=True)["data"])
        path.write_bytes(pdf)
        return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


TAB, ENTER, ESCAPE = "\ue004", "\ue007", "\ue00c"
