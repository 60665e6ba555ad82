"""Certificate authorities and what they vouch for, made by openssl's command line."""

import pathlib
import subprocess


def _openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


def self_signed(folder):
    """The files of a certificate for localhost and its RSA key."""
    cert_file, key_file = f"{folder}/self-signed.cert.pem", f"{folder}/self-signed.key.pem"
    _openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
             "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key_file, "-out", cert_file)
    return cert_file, key_file


class Authority:
    """A certificate authority that keeps its files in `folder`."""

    def __init__(self, folder, name):
        self.folder = pathlib.Path(folder)
        self.cert_file, self._key_file = self._paths(name)
        _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                 "-subj", f"/CN={name}", "-keyout", self._key_file, "-out", self.cert_file)

    def issue(self, name, alternative_names, usage, days=2):
        """The files of a new certificate and its key. `usage`: serverAuth or clientAuth. It expires in so many days."""
        cert_file, key_file = self._paths(name)
        request, extensions = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName={alternative_names}\nextendedKeyUsage={usage}\n"
                              "basicConstraints=critical,CA:FALSE\n")
        _openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
                 "-keyout", key_file, "-out", request)
        _openssl("x509", "-req", "-days", str(days), "-in", request, "-CA", self.cert_file, "-CAkey", self._key_file,
                 "-CAcreateserial", "-extfile", extensions, "-out", cert_file)
        return cert_file, key_file

    def _paths(self, name):
        return str(self.folder / f"{name}.cert.pem"), str(self.folder / f"{name}.key.pem")
