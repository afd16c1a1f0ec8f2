# SPDX-License-Identifier: Apache-2.0
"""The demo itself: a call is placed, relayed and recorded, and the recording is compared with what was said.

Started by deploy/demo when the programs are there. Leaves everything in one folder (README.md of this folder).
"""

import argparse
import glob
import json
import os
import shutil
import sys
import time

import capture
import ladder
import node
import parties
import speech

NODE, CALLER, CALLEE, RECORDER = "127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"


def step(number, text):
    print(f"\n[{number}/6] {text}", flush=True)


def fresh_folder(folder):
    node.stop_kept(folder)
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("", "logs", "speech", "recordings"):
        os.makedirs(os.path.join(folder, name), exist_ok=True)


def place_call(folder, caller, callee, seconds):
    talk_ms = int(seconds * 1000) + 700  # everything is said before the BYE
    callee.start([], talk_ms)
    caller.start(["-s", "5001", f"{NODE}:5060"], talk_ms)
    started = time.monotonic()
    shown = 0.0
    while caller.is_running():
        time.sleep(0.1)
        elapsed = time.monotonic() - started
        if elapsed - shown >= 2:
            shown = elapsed
            print(f"   {elapsed:4.0f} s of about {seconds + 1.5:.0f} s", flush=True)
        if elapsed > 70:
            break
    caller.wait(5)
    callee.wait(10)


def wait_for_ledger(weir, seconds=20):
    """The ledger as JSON once the recording of the call is finished."""
    deadline = time.monotonic() + seconds
    book = {}
    while time.monotonic() < deadline:
        book = json.loads(weir.execute("show recording ledger json"))
        if book.get("recordings") and not book.get("active"):
            return book
        time.sleep(0.1)
    raise RuntimeError(f"the recording did not end in {seconds} s: {json.dumps(book)[:500]}")


def wav_octets(path):
    """The octets of the data chunk: recorded RTP payload, whatever the format tag says (wave knows PCM only)."""
    with open(path, "rb") as file:
        data = file.read()
    at = 12
    while at + 8 <= len(data):
        name, size = data[at:at + 4], int.from_bytes(data[at + 4:at + 8], "little")
        if name == b"data":
            return data[at + 8:at + 8 + size]
        at += 8 + size + (size & 1)
    raise RuntimeError(f"{path} has no data chunk")


def compare(sent_path, wav_paths):
    """(track file, None) if one of the files holds exactly what was sent, else (None, why)."""
    with open(sent_path, "rb") as file:
        sent = file.read()
    found = []
    for path in wav_paths:
        recorded = wav_octets(path)
        if recorded == sent and sent:
            return path, None
        found.append(f"{os.path.basename(path)}: {len(recorded)} octets")
    return None, f"{os.path.basename(sent_path)} has {len(sent)} octets, but no track is the same ({', '.join(found) or 'no track at all'})"


def save_sent(party, capture_path):
    """sent-NAME.ulaw, from the capture at the party's own socket (or already written by its sender)."""
    if capture_path is not None:
        with open(party.sent, "wb") as file:
            file.write(capture.sent_speech(capture_path, party.address, parties.SIPP_MEDIA_PORT))


def save_ladder(folder, capture_path, caller, callee):
    everybody = [("caller", CALLER), ("Weir", NODE), ("callee", CALLEE), ("recorder", RECORDER)]
    if capture_path is not None:
        rows = ladder.from_capture(capture_path)
    else:
        rows = ladder.joined(ladder.from_sipp(caller.messages, CALLER, NODE),
                             ladder.from_sipp(callee.messages, CALLEE, NODE))
        everybody.pop()
    text = ladder.draw(rows, everybody)
    if capture_path is None:
        text += "(from the parties' own logs; the recorder's side is in recordings/*.json and logs/weir-recorder.log)\n"
    with open(os.path.join(folder, "ladder.txt"), "w", encoding="utf-8") as file:
        file.write(text)
    return text


def report(folder, weir, book, results, captured):
    print(weir.execute("show recording ledger"))
    whole = True
    for party, (track, why) in results:
        if track is None:
            whole = False
            print(f"   NOT WHOLE: {why}")
            continue
        size = os.path.getsize(party.sent)
        source = "its socket" if captured else "its sender"
        print(f"   {os.path.relpath(track)}  {size / speech.RATE:.2f} s  the {party.name}: {size} octets, byte for byte what {source} sent")
    verdicts = [recording.get("verdict") for recording in book.get("recordings", [])]
    print(f"   verdict of the ledger: {', '.join(str(verdict) for verdict in verdicts)}")
    return whole and verdicts == ["proven"]


def io_mode(weir):
    """The word behind "media" in the ready line, or what `show version` says."""
    for line in weir.execute("show version").splitlines():
        if line.startswith("Media I/O mode is "):
            return line[len("Media I/O mode is "):].split(",")[0]
    return "unknown"


def look_further(folder, keep, weir):
    here = os.path.relpath(folder)
    print(f"\n   Where to look further\n"
          f"     {here}/recordings/     a WAV per track (play one: sox FILE -d) and a JSON sidecar per recording\n"
          f"     {here}/ladder.txt, ledger.json, cdr.jsonl, demo.cfg, demo-platform.yaml\n"
          f"     {here}/sent-*.ulaw     what each party sent, taken before Weir saw it\n"
          f"     {here}/logs/           weir-sip, weir-media, weir-recorder, SIPp")
    if keep:
        run = f"--platform {os.path.relpath(weir.platform)}"
        print(f"\n   Weir is still running (pid {weir.process.pid}). Try\n"
              f"     {os.path.relpath(weir.weir()[0])} exec \"show dial-peer voice summary\" {run}\n"
              f"     curl http://127.0.0.1:8080/metrics\n"
              f"   and end it with: kill {weir.process.pid}")


def run(arguments):
    folder = os.path.abspath(arguments.folder)
    step(1, "folder and speech")
    fresh_folder(folder)
    caller_speech, callee_speech, seconds = speech.conversation(os.path.join(folder, "speech"))
    print(f"   two sentences by espeak-ng, {seconds:.1f} s each way")

    step(2, "Weir, its media process and its recorder")
    weir = node.Node(os.path.abspath(arguments.programs), folder, arguments.examples)
    weir.start(arguments.keep)
    print(f"   {weir.ready_line}\n   I/O mode: {io_mode(weir)}")

    recording = capture.Capture(os.path.join(folder, "capture.pcap"), [CALLER, CALLEE, RECORDER])
    captured = recording.start()
    caller = parties.Party("caller", CALLER, caller_speech, folder, captured)
    callee = parties.Party("callee", CALLEE, callee_speech, folder, captured)
    ended_well = False
    try:
        step(3, "the call: SIPp (1000) calls 5001, both speak, the caller hangs up")
        if not captured:
            print("   capturing is not permitted here: each party's sender notes what it sends")
        place_call(folder, caller, callee, seconds)
        step(4, "the recorder's account and the ledger")
        book = wait_for_ledger(weir)
        with open(os.path.join(folder, "ledger.json"), "w", encoding="utf-8") as file:
            json.dump(book, file, indent=2)
        recording.stop()
        capture_path = recording.path if captured else None
        step(5, "the ladder of the call")
        print(save_ladder(folder, capture_path, caller, callee))
        step(6, "what was recorded")
        tracks = sorted(glob.glob(os.path.join(folder, "recordings", "**", "*.wav"), recursive=True))
        results = []
        for party in (caller, callee):
            save_sent(party, capture_path)
            results.append((party, compare(party.sent, tracks)))
        ended_well = report(folder, weir, book, results, captured)
        look_further(folder, arguments.keep, weir)
    finally:
        recording.stop()
        caller.stop()
        callee.stop()
        if arguments.keep and weir.process is not None and weir.process.poll() is None:
            with open(os.path.join(folder, "kept.pid"), "w", encoding="utf-8") as file:
                file.write(str(weir.process.pid))
        else:
            weir.stop()
    print("\nThe call was recorded whole." if ended_well else "\nThe demo FAILED: see above and the logs.", flush=True)
    return 0 if ended_well else 1


def main():
    parser = argparse.ArgumentParser(description="places one recorded call and proves that the recording is whole")
    parser.add_argument("--keep", action="store_true", help="leave Weir running")
    parser.add_argument("--programs", required=True, help="folder of weir, weir-sip, weir-media, weir-recorder")
    parser.add_argument("--folder", required=True, help="made afresh; everything is left here")
    parser.add_argument("--examples", required=True, help="folder of demo.cfg and demo-platform.yaml")
    try:
        return run(parser.parse_args())
    except (RuntimeError, OSError) as failure:
        print(f"\ndeploy/demo: {failure}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
