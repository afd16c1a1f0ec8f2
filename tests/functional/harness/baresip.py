# SPDX-License-Identifier: Apache-2.0
"""baresip as a party: a real endpoint, driven over its control connection inside its namespace."""

import json
import os
import struct
import subprocess
import sys

CONFIG = """\
sip_listen {address}:5060
net_interface eth0
module_path {modules}
module g711.so
module aufile.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:4444
audio_source aufile,{folder}/voice.wav
audio_player aufile,{folder}/heard.wav
audio_alert aufile,{folder}/alert.wav
ausrc_srate 8000
auplay_srate 8000
rtp_ports {port}-{last_port}
rtcp_mux no
"""
MODULES = "/usr/lib/baresip/modules"
VOICE_SECONDS = 30  # more than a call of a test

# One command as a netstring of JSON, sent from inside the namespace; prints baresip's answer.
COMMAND = """
import socket, sys
with socket.create_connection(("127.0.0.1", 4444), 5) as link:
    link.settimeout(5)
    text = sys.argv[1].encode()
    link.sendall(b"%d:%s," % (len(text), text))
    sys.stdout.write(link.recv(65536).decode(errors="replace"))
"""


def write_voice(path, frequency):
    """16 bit PCM, 8 kHz, mono: a rising sawtooth, so that no two packets are the same for long."""
    samples = b"".join(struct.pack("<h", (at * frequency + at * at // 4096) % 16000 - 8000)
                       for at in range(8000 * VOICE_SECONDS))
    with open(path, "wb") as file:
        file.write(struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(samples), b"WAVE", b"fmt ", 16, 1, 1,
                               8000, 16000, 2, 16, b"data", len(samples)) + samples)


class Baresip:
    """One endpoint with one account; it answers by itself."""

    def __init__(self, case, party, number, port, certificate=None, authority=None, registered=None):
        """With a certificate (and its key in the same file) and an authority it speaks TLS. `registered` is a host and
        a password: it registers there over TCP, once a minute."""
        self._case = case
        self._party = party
        address = case.network.address(party)
        folder = os.path.join(case.folder, f"baresip-{party}")
        os.makedirs(folder)
        write_voice(os.path.join(folder, "voice.wav"), number % 97)
        config = CONFIG.format(address=address, folder=folder, modules=MODULES, port=port, last_port=port + 10)
        if certificate:
            config += f"sip_certificate {certificate}\nsip_cafile {authority}\n"
        self._write(folder, "config", config)
        transport = ";transport=tls" if certificate else ""
        host, registers = address, "regint=0"
        if registered:
            host, registers = registered[0], f"auth_user={number};auth_pass={registered[1]};regint=60"
            transport = ";transport=tcp"
        self._write(folder, "accounts", f"<sip:{number}@{host}{transport}>;{registers};answermode=auto;"
                                        "audio_codecs=PCMU/8000/1\n")
        self._program = case.start(f"baresip-{party}", party, ["baresip", "-4", "-f", folder])
        self._program.wait_for_line("baresip is ready", 15)

    def command(self, name, parameters=""):
        text = json.dumps({"command": name, "params": parameters, "token": name})
        return subprocess.run(["ip", "netns", "exec", self._case.network.namespace(self._party), sys.executable, "-c",
                               COMMAND, text], check=True, capture_output=True, text=True, timeout=15).stdout

    def stop(self):
        """It says goodbye where it is registered."""
        self._program.stop()

    @staticmethod
    def _write(folder, name, text):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
