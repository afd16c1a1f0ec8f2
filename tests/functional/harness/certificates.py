# SPDX-License-Identifier: Apache-2.0
"""Certificates of a test, made by the openssl program."""

import os
import subprocess


def run(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=60)


class Authority:
    """One authority, and the certificates that it has signed, in a folder."""

    def __init__(self, folder, name):
        os.makedirs(folder, exist_ok=True)
        self.folder = folder
        self.name = name
        self.certificate = self._at(f"{name}.pem")
        self._key = self._at(f"{name}-authority.key")
        run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", f"/CN={name}", "-keyout", self._key, "-out", self.certificate)

    def sign(self, name, names, folder=None):
        """NAME.pem and NAME.key with these alternative names, "DNS:a.test,IP:192.0.2.1"; each is put there whole."""
        folder = folder or self.folder
        request = self._at(f"{name}.csr")
        run("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
            "-addext", f"subjectAltName={names}", "-keyout", self._at("new.key"), "-out", request)
        run("x509", "-req", "-in", request, "-days", "2", "-copy_extensions", "copy", "-CA", self.certificate,
            "-CAkey", self._key, "-CAcreateserial", "-out", self._at("new.pem"))
        for kind in ("key", "pem"):
            os.replace(self._at(f"new.{kind}"), os.path.join(folder, f"{name}.{kind}"))
        return os.path.join(folder, f"{name}.pem"), os.path.join(folder, f"{name}.key")

    def _at(self, name):
        return os.path.join(self.folder, name)
