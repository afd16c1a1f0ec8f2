# SPDX-License-Identifier: Apache-2.0
"""Speech for the parties: espeak-ng says a sentence, sox makes G.711 mu-law of it."""

import os
import subprocess

RATE = 8000          # octets a second of G.711
FRAME = 160          # octets of one packet of 20 ms
SILENCE = b"\xff"    # mu-law for zero

CALLER = "Good morning, this is Alice. I order forty two trunks."
CALLEE = "Hello Alice, this is Bob. Forty two trunks, confirmed."


def say(text, voice):
    """The sentence as mu-law octets."""
    speech = subprocess.run(["espeak-ng", "-v", voice, "-s", "165", "--stdout", text], stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, check=True).stdout
    return subprocess.run(["sox", "-t", "wav", "--ignore-length", "-", "-t", "raw", "-r", str(RATE), "-c", "1",
                           "-e", "mu-law", "-"], input=speech, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          check=True).stdout


def conversation(folder):
    """Writes caller.ulaw and callee.ulaw, equally long, the callee waits for the caller; returns both paths
    and the length in seconds."""
    caller, callee = say(CALLER, "en-us"), say(CALLEE, "en-gb")
    if caller == callee:
        raise RuntimeError("both parties would say the same")
    turn = len(caller) + FRAME * 15  # 300 ms later
    total = turn + len(callee)
    total += -total % FRAME
    paths = []
    for name, audio in (("caller", caller), ("callee", SILENCE * turn + callee)):
        path = os.path.join(folder, name + ".ulaw")
        with open(path, "wb") as file:
            file.write(audio.ljust(total, SILENCE))
        paths.append(path)
    return paths[0], paths[1], total / RATE
