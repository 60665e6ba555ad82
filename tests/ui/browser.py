"""Chromium for tests: it meets this machine only."""

import os
import pathlib
import shutil
import unittest

from playwright import sync_api

import processes

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = ROOT / "build" / "tools"
WORK_DIR = pathlib.Path(os.environ.get("UI_WORK_DIR", TOOLS / "ui"))
TIMEOUT_MS = 120_000  # long, because a busy machine is no failure
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--ignore-certificate-errors",
         "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1")


class BrowserTest(unittest.TestCase):
    """One Chromium for all tests of a class; each has its own profile, and what was started by `stack` is stopped."""

    @classmethod
    def setUpClass(cls):
        chromium = shutil.which("chromium")
        if chromium is None:
            raise AssertionError("chromium is missing: scripts/install-packages --test")
        cls.playwright = sync_api.sync_playwright().start()
        cls.addClassCleanup(cls.playwright.stop)
        cls.browser = cls.playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        cls.addClassCleanup(cls.browser.close)

    def setUp(self):
        self.stack = processes.Stack()
        self.addCleanup(self.stack.close)
        self.requests, self.complaints = [], []

    def open(self, url, **options):
        """A page of a new profile. What it asks for and complains of is kept."""
        context = self.browser.new_context(**options)
        self.addCleanup(context.close)
        page = context.new_page()
        page.set_default_timeout(TIMEOUT_MS)
        page.on("request", lambda request: self.requests.append(request))  # it marks what it calls
        page.on("console", lambda message: message.type == "error" and self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(url)
        return page
