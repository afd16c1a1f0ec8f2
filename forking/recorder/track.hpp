// SPDX-License-Identifier: Apache-2.0
// Track: one m-line's RTP packets become samples in order, notes and an account. Pure.
//
// Thread: the recorder's reception thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "config/base/clock.hpp"
#include "dataplane/rtp/rtcp.hpp"
#include "forking/recorder/reorder.hpp"
#include "forking/recorder/session_record.hpp"
#include "forking/recorder/wav_file.hpp"

namespace weir::forking {

// The payload types of a track's answer.
struct TrackFormat {
    std::uint8_t audio = 0;
    Law711 law = Law711::mu;
    std::optional<std::uint8_t> event;    // telephone-event
    std::optional<std::uint8_t> comfort;  // CN
    bool operator==(const TrackFormat&) const = default;
};

// Samples on their way to the disk: one write.
struct Block {
    std::uint32_t file = 0;  // index into the track's files
    Law711 law = Law711::mu;
    std::vector<std::uint8_t> samples{};
    std::uint64_t packets = 0;
};

class Track {
public:
    // `wall_offset_ns`: wall clock minus monotonic clock, for the times that people read.
    Track(std::uint8_t media_index, const TrackFormat& format, std::int64_t wall_offset_ns);

    // An RTP packet; `source` latches with the first one of an agreed payload type.
    void receive(const TrackPacket& packet, const Endpoint& source, MonoTime arrival);
    void count_malformed() { ++record_.account.malformed; }
    void count_overflow(std::uint64_t packets) { record_.account.overflow += packets; }

    // A re-INVITE: hold, resume, another codec.
    void pause(MonoTime at);
    void resume(MonoTime at);
    void set_format(const TrackFormat& format);

    // Time passes: packets that have waited too long for a missing one are given up on.
    void tick(MonoTime now);
    // The last packet came: everything is handed out.
    void finish(MonoTime now);

    // Full blocks; with `flush` also the one that is being filled.
    [[nodiscard]] std::vector<Block> take_blocks(bool flush);

    // What a receiver report says since the last one (RFC 3550 6.4.1), without the times of the
    // sender report; none before the first packet.
    [[nodiscard]] std::optional<dataplane::ReportBlock> report();
    [[nodiscard]] const TrackRecord& record() const { return record_; }
    [[nodiscard]] TrackRecord& record() { return record_; }
    [[nodiscard]] bool is_paused() const { return paused_; }
    [[nodiscard]] std::optional<MonoTime> last_packet_at() const { return last_packet_at_; }

private:
    enum class Kind : std::uint8_t { audio, event, comfort, other };
    [[nodiscard]] Kind kind_of(std::uint8_t payload_type) const;
    [[nodiscard]] std::optional<Law711> law_of(std::uint8_t payload_type) const;
    void hand_out();
    void store(const ReorderBuffer::Ready& packet);
    void note_gap(const ReorderBuffer::Ready& packet);
    void store_audio(const ReorderBuffer::Ready& packet);
    void store_event(const ReorderBuffer::Ready& packet);
    void measure_jitter(const TrackPacket& packet, MonoTime arrival);
    void count_duplicate(const TrackPacket& packet);
    [[nodiscard]] WallTime wall(MonoTime at) const { return {at.ns + wall_offset_ns_}; }

    TrackFormat format_;
    std::int64_t wall_offset_ns_;
    TrackRecord record_;
    ReorderBuffer order_;
    std::vector<Block> full_;
    Block filling_;
    std::uint64_t file_bytes_ = 0;  // samples of the file in use so far
    bool paused_ = false;
    bool paused_since_last_ = false;  // a pause began since the last packet: a gap is its doing
    bool latched_ = false;
    std::optional<std::uint16_t> last_stored_;
    std::optional<MonoTime> last_packet_at_;
    double transit_ = 0;  // RFC 3550 A.8, timestamp units
    double jitter_ = 0;
    bool has_transit_ = false;
    // RFC 3550 A.3, over the SSRC in use.
    std::uint64_t received_ = 0;
    std::uint64_t expected_prior_ = 0;
    std::uint64_t received_prior_ = 0;
};

}  // namespace weir::forking
