# SPDX-License-Identifier: Apache-2.0
"""The data chunk of a WAV file of any format (the standard library reads PCM alone)."""

import struct


def data(path):
    with open(path, "rb") as file:
        content = file.read()
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise ValueError(f"{path} is no WAV file")
    at = 12
    while at + 8 <= len(content):
        name, length = struct.unpack_from("<4sI", content, at)
        if name == b"data":
            return content[at + 8:at + 8 + length]
        at += 8 + length + length % 2
    raise ValueError(f"{path} has no data chunk")
