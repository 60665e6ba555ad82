"""The packages installed in a Debian that runs under systemd, and their services."""

import os
import pathlib
import re
import tempfile
import textwrap
import unittest

import container
import debs

SECRET = "package-Secret_7Xw"
SERVER, GATEWAY, STANDALONE = (f"openvidu-token-{name}.service" for name in ("server", "gateway", "standalone"))
SOCKET = "openvidu-token-gateway.socket"
PACKAGES = ("openvidu-token-server", "openvidu-token-gateway", "openvidu-token-cli")
TOKEN = r"wss://\S+sessionId=room-1&token=tok_\S+"
# What a service may be exposed to, of 100, as systemd-analyze counts.
MOST_EXPOSURE = 12


@unittest.skipUnless(os.geteuid() == 0, "only root can boot a container")
class InstallTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(dir=debs.BUILD)))
        made = debs.make(folder / "debs")
        archives = [made[name] for name in PACKAGES]
        needed = {"systemd", "systemd-sysv", "curl"}.union(*(debs.depends(archive) for archive in archives))
        cls.box = container.Container(folder, needed, archives)
        cls.addClassCleanup(cls.box.stop)
        cls.install()
        cls.first_states = {unit: cls.box.run("systemctl", "is-active", unit).stdout.strip()
                            for unit in (SERVER, GATEWAY, STANDALONE, SOCKET)}
        cls.box.output("systemd-run", "--unit=emulator", f"--setenv=OPENVIDU_SECRET={SECRET}", "openvidu-emulator",
                       "--listen_address=127.0.0.1:4443")
        cls.box.write("/etc/openvidu-token/secret", SECRET + "\n", 0o600)

    @classmethod
    def install(cls):
        return cls.box.output("sh", "-c", "dpkg --install /packages/*.deb")

    def setUp(self):
        """Server and gateway, as they are after the installation."""
        self.box.run("systemctl", "stop", SOCKET, STANDALONE)
        self.box.run("systemctl", "reset-failed")
        self.box.output("systemctl", "restart", SERVER, GATEWAY)

    def join(self, url="http://127.0.0.1:5000"):
        return self.box.output("curl", "--silent", "--show-error", "--request", "POST", f"{url}/api/sessions/room-1/join")

    def replaced(self, path, text):
        """Another file in its place, for this test."""
        before = (self.box.root / path.lstrip("/")).read_text(encoding="utf-8")
        self.box.write(path, text)
        self.addCleanup(self.box.write, path, before)

    def test_what_can_serve_is_started_and_the_rest_waits(self):
        self.assertEqual(self.first_states, {SERVER: "inactive", GATEWAY: "active", STANDALONE: "inactive",
                                             SOCKET: "inactive"})
        enabled = {unit: self.box.run("systemctl", "is-enabled", unit).stdout.strip()
                   for unit in (SERVER, GATEWAY, STANDALONE, SOCKET)}
        self.assertEqual(enabled, {SERVER: "enabled", GATEWAY: "enabled", STANDALONE: "disabled", SOCKET: "disabled"})

    def test_a_token_comes_by_both_doors(self):
        self.assertRegex(self.join(), TOKEN)
        self.assertRegex(self.box.output("token-cli", "join", "room-1"), TOKEN)

    def test_nobody_else_reads_the_secret(self):
        for unit in SERVER, GATEWAY:
            user = self.box.show(unit, "User")
            self.assertEqual(user, unit.removesuffix(".service"))
            self.assertRegex(self.box.output("getent", "passwd", user), r":/:/usr/sbin/nologin\n$")
            self.assertNotEqual(self.box.run("setpriv", f"--reuid={user}", "--clear-groups", "cat",
                                             "/etc/openvidu-token/secret").returncode, 0)
            pid = self.box.show(unit, "MainPID")
            self.assertNotIn(SECRET, self.box.output("cat", f"/proc/{pid}/environ", f"/proc/{pid}/cmdline"))
        self.assertNotIn(SECRET, self.box.output("journalctl", "--no-pager", "--unit=openvidu-token-*"))

    def test_the_process_can_do_nothing_but_serve(self):
        for unit in SERVER, GATEWAY:
            status = self.box.output("cat", f"/proc/{self.box.show(unit, 'MainPID')}/status")
            self.assertRegex(status, r"CapEff:\t0+\n")
            self.assertRegex(status, r"CapBnd:\t0+\n")
            self.assertIn("NoNewPrivs:\t1\n", status)
            self.assertIn("Seccomp:\t2\n", status)

    def test_systemd_finds_no_fault_in_the_units(self):
        units = [f"/lib/systemd/system/{unit}" for unit in (SERVER, GATEWAY, STANDALONE, SOCKET)]
        done = self.box.run("systemd-analyze", "verify", "--man=no", *units)
        # Its own units are not what is asked for.
        self.assertEqual((done.returncode, [line for line in done.stderr.splitlines() if "openvidu" in line]), (0, []))
        for unit in units[:3]:
            done = self.box.run("systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSURE}", "--no-pager",
                                unit)
            self.assertEqual(done.returncode, 0, done.stdout)

    def test_it_is_ready_once_systemd_says_so_and_stops_well(self):
        for unit in SERVER, GATEWAY:
            self.assertEqual(self.box.show(unit, "Type"), "notify")
            self.box.output("systemctl", "restart", unit)
            pid = self.box.show(unit, "MainPID")
            lines = self.box.output("journalctl", "--no-pager", "--output=cat", f"_PID={pid}")
            self.assertIn("listening on", lines)
            self.box.output("systemctl", "stop", unit)
            self.assertEqual([self.box.show(unit, name) for name in ("Result", "ExecMainStatus")], ["success", "0"])

    def test_a_crash_is_mended(self):
        pid = self.box.show(SERVER, "MainPID")
        self.box.output("systemctl", "kill", "--signal=KILL", "--kill-whom=main", SERVER)
        self.box.await_shown(SERVER, "MainPID", lambda value: value not in ("0", pid))
        self.box.await_shown(SERVER, "ActiveState", lambda value: value == "active")
        self.assertRegex(self.join(), TOKEN)

    def test_a_mistake_is_named_and_not_repeated(self):
        self.replaced("/etc/openvidu-token/server.conf", "# Mine.\n--openvidu_uri=http://localhost:4443\n")
        self.assertNotEqual(self.box.run("systemctl", "restart", SERVER).returncode, 0)
        self.assertEqual([self.box.show(SERVER, name) for name in ("ActiveState", "ExecMainStatus", "NRestarts")],
                         ["failed", "2", "0"])
        self.assertIn("/etc/openvidu-token/server.conf:2: unknown flag --openvidu_uri",
                      self.box.output("journalctl", "--no-pager", f"--unit={SERVER}"))

    def test_systemd_can_hold_the_port(self):
        """One that no service without rights could bind."""
        self.replaced("/etc/openvidu-token/gateway.conf", "--listen_address=systemd:http\n--server_address=127.0.0.1:50051\n")
        self.box.output("systemctl", "stop", GATEWAY)
        self.addCleanup(self.box.run, "systemctl", "stop", SOCKET, GATEWAY)
        self.box.output("systemctl", "start", SOCKET)
        self.assertEqual(self.box.show(GATEWAY, "ActiveState"), "inactive")
        self.assertRegex(self.join("http://127.0.0.1:443"), TOKEN)  # which starts it
        self.assertEqual(self.box.show(GATEWAY, "ActiveState"), "active")
        self.box.output("systemctl", "restart", GATEWAY)
        self.assertRegex(self.join("http://127.0.0.1:443"), TOKEN)

    def test_the_secret_can_be_a_file_of_the_services_own(self):
        """By the drop-in of docs/install.md."""
        page = (debs.ROOT / "docs/install.md").read_text(encoding="utf-8")
        drop_in = textwrap.dedent(re.search(r"```ini\n(.*?)```", page, re.DOTALL).group(1))
        self.box.output("mkdir", "-p", "/etc/openvidu-token/service", f"/etc/systemd/system/{SERVER}.d")
        self.box.write("/etc/openvidu-token/service/secret", SECRET, 0o400)
        self.box.output("chown", "openvidu-token-server", "/etc/openvidu-token/service/secret")
        self.box.write(f"/etc/systemd/system/{SERVER}.d/secret.conf", drop_in)
        self.addCleanup(self.box.run, "systemctl", "daemon-reload")
        self.addCleanup(self.box.run, "rm", "-r", "/etc/openvidu-token/service", f"/etc/systemd/system/{SERVER}.d")
        self.box.output("systemctl", "daemon-reload")
        self.box.output("systemctl", "restart", SERVER)
        environment = self.box.output("cat", f"/proc/{self.box.show(SERVER, 'MainPID')}/environ")
        self.assertIn("OPENVIDU_SECRET_FILE=/etc/openvidu-token/service/secret", environment)
        self.assertNotIn("CREDENTIALS_DIRECTORY", environment)  # no copy of it is there
        self.assertRegex(self.join(), TOKEN)

    def test_one_process_takes_the_place_of_two(self):
        self.box.output("systemctl", "start", STANDALONE)
        self.assertEqual([self.box.show(unit, "ActiveState") for unit in (SERVER, GATEWAY)], ["inactive"] * 2)
        self.assertRegex(self.join(), TOKEN)

    def test_a_self_signed_certificate_is_kept(self):
        self.replaced("/etc/openvidu-token/gateway.conf",
                      "--listen_address=127.0.0.1:5000\n--server_address=127.0.0.1:50051\n--tls=required\n")
        self.box.output("systemctl", "restart", GATEWAY)
        certificate = "/var/lib/openvidu-token-service/self-signed.cert.pem"
        answer = self.box.output("curl", "--silent", "--show-error", "--cacert", certificate, "--request", "POST",
                                 "https://127.0.0.1:5000/api/sessions/room-1/join")
        self.assertRegex(answer, TOKEN)

    def test_zz_an_upgrade_keeps_what_is_set_and_a_purge_leaves_nothing(self):
        """The last one."""
        changed = "# Mine.\n--listen_address=127.0.0.1:50051\n--openvidu_url=http://localhost:4443\n"
        self.box.write("/etc/openvidu-token/server.conf", changed)
        pids = [self.box.show(unit, "MainPID") for unit in (SERVER, GATEWAY)]
        self.install()
        for unit, pid in zip((SERVER, GATEWAY), pids):
            self.assertEqual(self.box.show(unit, "ActiveState"), "active")
            self.assertNotEqual(self.box.show(unit, "MainPID"), pid)
        self.assertEqual(self.box.output("cat", "/etc/openvidu-token/server.conf"), changed)
        self.assertEqual(self.box.show(STANDALONE, "ActiveState"), "inactive")

        self.box.output("systemctl", "disable", SERVER)
        self.install()
        self.assertEqual(self.box.run("systemctl", "is-enabled", SERVER).stdout.strip(), "disabled")

        self.box.output("dpkg", "--remove", *PACKAGES)
        self.assertNotIn("token-", self.box.run("sh", "-c", "cat /proc/[0-9]*/comm").stdout)
        self.assertEqual(self.box.output("cat", "/etc/openvidu-token/server.conf"), changed)
        self.box.output("dpkg", "--purge", *PACKAGES)
        left = self.box.output("find", "/etc", "/lib", "/usr", "/var/lib", "-name", "*openvidu*", "-not", "-path",
                               "/etc/openvidu-token").split()
        self.assertEqual(left, [])
        self.assertEqual(self.box.output("ls", "/etc/openvidu-token").split(), ["secret"])


if __name__ == "__main__":
    unittest.main()
