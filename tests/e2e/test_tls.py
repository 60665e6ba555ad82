"""TLS as a scanner sees it, by `openssl s_client`: protocols, ciphers, compression, renegotiation, on both ports."""

import contextlib
import re
import socket
import ssl
import subprocess
import tempfile
import unittest

import certificates
import processes
import web

# Also what no client should offer any more: the service has to refuse it by itself.
ANYTHING = "ALL:COMPLEMENTOFALL:@SECLEVEL=0"
MODERN_CIPHER = re.compile(r"ECDHE-(RSA|ECDSA)-(AES(128|256)-GCM-SHA(256|384)|CHACHA20-POLY1305)")


def s_client(address, *flags):
    """What s_client tells of a connection to `address`."""
    done = subprocess.run(["openssl", "s_client", "-connect", address, "-servername", "localhost", *flags], input="",
                          capture_output=True, text=True, errors="replace", timeout=web.TIMEOUT_S, check=False)
    return done.stdout + done.stderr


def negotiated(output):
    """(protocol, cipher), or None where the handshake failed."""
    match = re.search(r"^New, (\S+), Cipher is (\S+)$", output, re.MULTILINE)
    if not match or match.group(2) == "(NONE)":
        return None
    if match.group(1) == "TLSv1.3":
        return match.groups()
    # "New" tells the first protocol that has the cipher, which may be an older one.
    return re.search(r"^\s*Protocol\s*: (\S+)$", output, re.MULTILINE).group(1), match.group(2)


def ciphers_of_tls12():
    listed = subprocess.run(["openssl", "ciphers", "-tls1_2", ANYTHING], capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.strip().split(":") if not name.startswith("TLS_")]


def renegotiates(address, *flags):
    """Whether a client of TLS 1.2 may begin a second handshake: then the certificate comes once more."""
    with subprocess.Popen(["openssl", "s_client", "-connect", address, "-tls1_2", *flags], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace") as client:
        client.stdin.write("R\n")
        client.stdin.flush()
        asked = False
        for line in client.stdout:
            asked = asked or "RENEGOTIATING" in line  # what the server has sent may be before it
            if asked and "depth=0" in line:
                client.kill()
                return True
        if not asked:
            raise AssertionError("s_client did not try to")
        return False


def hello_that_offers_compression():
    """The first message of TLS 1.2, with DEFLATE (1) before "none" (0)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    sent = ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        context.wrap_bio(ssl.MemoryBIO(), sent, server_hostname="localhost").do_handshake()
    body = sent.read()[9:]  # behind the heads of the record and the message
    at = 34  # behind the version and the random
    at += 1 + body[at]  # the session's id
    at += 2 + int.from_bytes(body[at:at + 2], "big")  # the ciphers
    assert body[at:at + 2] == b"\x01\x00", "it offers no compression by itself"
    body = body[:at] + b"\x02\x01\x00" + body[at + 2:]
    message = b"\x01" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x01" + len(message).to_bytes(2, "big") + message


def chosen_compression(stream):
    """What the ServerHello says."""
    record = stream.read(5)
    assert record[0] == 22, f"no handshake but {record!r}"
    body = stream.read(int.from_bytes(record[3:], "big"))[4:]
    return body[34 + 1 + body[34] + 2]


class TlsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = processes.Stack()
        cls.addClassCleanup(cls.stack.close)
        folder = cls.stack.enter_context(tempfile.TemporaryDirectory())
        cert, key = certificates.self_signed(folder)  # RSA: with it ciphers without forward secrecy would be possible
        standalone = cls.stack.start(processes.Standalone, None, "--tls=required", f"--tls_cert_file={cert}",
                                     f"--tls_key_file={key}", f"--grpc_tls_cert_file={cert}",
                                     f"--grpc_tls_key_file={key}")
        cls.ports = {"HTTPS": (standalone.address,), "gRPC": (standalone.grpc_address, "-alpn", "h2")}
        # The opposite of ours: shows that the client here is able to ask for what ours refuse.
        cls.lax = subprocess.Popen(["openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", cert, "-key", key,
                                    "-cipher", ANYTHING, "-client_renegotiation"], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        cls.addClassCleanup(cls.lax.wait)
        cls.addClassCleanup(cls.lax.stdout.close)
        cls.addClassCleanup(cls.lax.stdin.close)
        cls.addClassCleanup(cls.lax.kill)
        cls.lax_address = next(line for line in cls.lax.stdout if line.startswith("ACCEPT")).split()[1]

    def test_the_old_protocols_are_refused(self):
        for protocol in ("-tls1", "-tls1_1"):
            flags = (protocol, "-cipher", ANYTHING)
            self.assertIsNotNone(negotiated(s_client(self.lax_address, *flags)), f"no client of {protocol}")
            for port, target in self.ports.items():
                with self.subTest(port):
                    self.assertIsNone(negotiated(s_client(*target, *flags)), protocol)

    def test_the_new_protocols_are_spoken(self):
        for port, target in self.ports.items():
            with self.subTest(port):
                for protocol, name in (("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")):
                    self.assertEqual(negotiated(s_client(*target, protocol))[0], name)

    def test_only_ciphers_with_forward_secrecy_and_authentication_are_taken(self):
        ciphers = ciphers_of_tls12()
        self.assertIn("AES128-SHA", ciphers)
        without = s_client(self.lax_address, "-tls1_2", "-cipher", "AES128-SHA:@SECLEVEL=0")
        self.assertEqual(negotiated(without)[1], "AES128-SHA")
        for port, target in self.ports.items():
            with self.subTest(port):
                # Each time without what was chosen before, until nothing of it is left that is taken.
                offered, taken = list(ciphers), []
                while found := negotiated(s_client(*target, "-tls1_2", "-cipher", ":".join([*offered, "@SECLEVEL=0"]))):
                    self.assertRegex(found[1], MODERN_CIPHER)
                    offered.remove(found[1])
                    taken.append(found[1])
                self.assertTrue(taken)

    def test_nothing_is_compressed(self):
        for port, target in self.ports.items():
            with self.subTest(port):
                host, _, port = target[0].rpartition(":")
                with socket.create_connection((host, int(port)), timeout=web.TIMEOUT_S) as connection:
                    connection.sendall(hello_that_offers_compression())
                    self.assertEqual(chosen_compression(connection.makefile("rb")), 0)

    def test_nobody_renegotiates(self):
        self.assertTrue(renegotiates(self.lax_address))
        for port, target in self.ports.items():
            with self.subTest(port):
                self.assertFalse(renegotiates(*target))


if __name__ == "__main__":
    unittest.main()
