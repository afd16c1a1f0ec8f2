// SPDX-License-Identifier: Apache-2.0
// What the recorder knows of one recording session: plain values, written as the JSON sidecar.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/base/address.hpp"
#include "config/base/clock.hpp"

namespace weir::forking {

enum class SessionState : std::uint8_t { active, closed_normal, closed_error };  // spec F.9
[[nodiscard]] const char* to_string(SessionState state);

// X-Cisco-Recording-Participant: sip:708090@192.0.2.5;media-index="0 2"
struct Participant {
    std::string uri;
    std::vector<std::uint8_t> media_index;
    bool operator==(const Participant&) const = default;
};

// Sequence numbers that never came. `data_offset`: bytes of the WAV's data before the gap.
struct Gap {
    std::uint16_t after_sequence = 0;
    std::uint64_t packets = 0;
    std::uint64_t data_offset = 0;
    std::uint32_t file = 0;
    bool in_pause = false;  // the caller had put the track on hold in between: no loss
    WallTime at;
};

// The caller put the track on hold (a=inactive).
struct Pause {
    WallTime from;
    std::optional<WallTime> to;
    std::uint64_t data_offset = 0;
    std::uint32_t file = 0;
};

// One RFC 4733 event; its packets share a timestamp.
struct TelephoneEvent {
    std::uint8_t event = 0;  // 0..9, 10 *, 11 #, 12..15 A..D
    std::uint32_t timestamp = 0;
    std::uint32_t duration = 0;  // timestamp units
    std::uint32_t packets = 0;
    bool ended = false;  // a packet with the E bit came
    std::uint64_t data_offset = 0;
    WallTime at;
};

struct TrackFile {
    std::string name;           // in the recorder's directory
    std::string codec;          // PCMU or PCMA
    std::uint64_t bytes = 0;    // of samples
    std::uint64_t packets = 0;  // that are in it
};

struct TrackAccount {
    std::uint64_t audio = 0;  // packets for the WAV files
    std::uint64_t audio_octets = 0;
    std::uint64_t events = 0;  // telephone-event packets
    std::uint64_t event_octets = 0;
    std::uint64_t comfort = 0;  // comfort noise packets
    std::uint64_t comfort_octets = 0;
    std::uint64_t duplicates = 0;  // of packets that were there already
    std::uint64_t duplicate_octets = 0;
    std::uint64_t lost = 0;  // sequence numbers that never came in time, outside pauses
    std::uint64_t late = 0;  // came after they had been given up: counted in `lost` too
    std::uint64_t reordered = 0;
    std::uint64_t in_pause = 0;       // sequence numbers that passed while the track was on hold
    std::uint64_t other_payload = 0;  // a payload type that was not agreed: not recorded
    std::uint64_t other_source = 0;   // not from the first packet's source: not recorded
    std::uint64_t malformed = 0;      // no RTP
    std::uint64_t overflow = 0;       // dropped by our own socket
    std::uint64_t unwritten = 0;      // audio packets that the disk refused or was too slow for
    std::uint32_t ssrc = 0;
    std::uint32_t ssrc_changes = 0;
    std::uint32_t jitter = 0;  // RFC 3550 A.8, timestamp units
    std::uint16_t first_sequence = 0;
    std::uint16_t last_sequence = 0;
    WallTime first_at;
    WallTime last_at;

    // What X-Weir-Recorded says: everything that arrived and whose content is on the disk.
    [[nodiscard]] std::uint64_t recorded_packets() const {
        return audio - unwritten + events + comfort + duplicates;
    }
};

struct TrackRecord {
    std::uint8_t media_index = 0;
    std::string codec;  // the one in use
    std::uint8_t payload_type = 0;
    Endpoint local;
    Endpoint remote;  // where the first packet came from
    TrackAccount account;
    std::uint64_t unwritten_octets = 0;
    std::vector<TrackFile> files;
    std::vector<Gap> gaps;
    std::vector<Pause> pauses;
    std::vector<TelephoneEvent> events;
    std::uint64_t notes_dropped = 0;  // gaps, pauses and events beyond kRecorderNotes

    [[nodiscard]] std::uint64_t recorded_octets() const {
        return account.audio_octets - unwritten_octets + account.event_octets +
               account.comfort_octets + account.duplicate_octets;
    }
};

struct SessionRecord {
    std::string id;  // names the files
    SessionState state = SessionState::active;
    std::string call_id;  // of the recording dialog
    std::string guid;     // Cisco-Guid, as received: the CCID of the recorded call
    std::string called;   // the number that was dialled to record
    Endpoint controller;  // who sent the INVITE
    std::vector<Participant> participants;
    WallTime started;
    std::optional<WallTime> ended;
    std::string end_reason;  // "BYE", "no media", "recorder stopped", "recorder crashed"
    std::string error;       // why something is not on the disk; "" if all is
    std::vector<TrackRecord> tracks;
};

}  // namespace weir::forking
