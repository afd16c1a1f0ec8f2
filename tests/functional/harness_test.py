#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What of the harness needs no namespaces: pcap and RTP reading, the wait, the WAV reader."""

import os
import struct
import tempfile
import unittest

from harness import capture, process, rtp, wave_file


class StreamTest(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.path = os.path.join(self._folder.name, "stream.pcap")
        rtp.write_stream(self.path, 6, seed=1)

    def test_a_written_stream_is_read_back_over_the_sequence_wrap(self):
        packets = rtp.packets_of(capture.read_pcap(self.path))
        self.assertEqual(len(packets), 300)
        self.assertLess(packets[-1].sequence, packets[0].sequence)
        self.assertEqual(rtp.in_order(packets), packets)
        self.assertEqual(len(set(packet.payload for packet in packets)), 300)

    def test_a_continuation_goes_on_where_the_stream_was_cut(self):
        packets = rtp.packets_of(capture.read_pcap(self.path))
        rtp.write_stream(self.path, 2, seed=1, skip_seconds=4)
        tail = rtp.packets_of(capture.read_pcap(self.path))
        self.assertEqual([(p.ssrc, p.sequence, p.timestamp, p.payload) for p in tail],
                         [(p.ssrc, p.sequence, p.timestamp, p.payload) for p in packets[200:]])

    def test_order_is_restored_and_duplicates_are_dropped(self):
        packets = rtp.packets_of(capture.read_pcap(self.path))
        shuffled = [packets[0]] + list(reversed(packets[1:])) + packets[5:9]
        self.assertEqual(rtp.audio(shuffled), rtp.audio(packets))

    def test_a_lost_packet_changes_the_audio(self):
        packets = rtp.packets_of(capture.read_pcap(self.path))
        self.assertNotEqual(rtp.audio(packets[:7] + packets[8:]), rtp.audio(packets))

    def test_a_torn_capture_loses_its_last_packet_only(self):
        with open(self.path, "rb") as file:
            content = file.read()
        with open(self.path, "wb") as file:
            file.write(content[:-1])
        self.assertEqual(len(capture.read_pcap(self.path)), 299)


class ToolTest(unittest.TestCase):
    def test_rtcp_is_no_rtp(self):
        self.assertFalse(rtp.is_rtp(struct.pack("!BBHI", 0x80, 200, 1, 1) + bytes(8)))
        self.assertTrue(rtp.is_rtp(struct.pack("!BBHII", 0x80, 0, 1, 1, 1)))

    def test_a_wait_ends_and_names_what_it_waited_for(self):
        with self.assertRaisesRegex(process.TestFailure, "the moon"):
            process.wait_until(lambda: False, 0.1, "the moon")

    def test_the_data_chunk_of_a_wav_file_is_found_behind_others(self):
        with tempfile.NamedTemporaryFile(suffix=".wav") as file:
            file.write(b"RIFF\0\0\0\0WAVEfmt " + struct.pack("<I", 3) + b"abc\0data" + struct.pack("<I", 2) + b"xyz")
            file.flush()
            self.assertEqual(wave_file.data(file.name), b"xy")


if __name__ == "__main__":
    unittest.main()
