// SPDX-License-Identifier: Apache-2.0
// From RTP packets to samples, notes and an account.
#include "forking/recorder/track.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "config/base/limits.hpp"

namespace weir::forking {
namespace {

constexpr double kClockRate = 8000;  // of G.711 and its telephone-events
constexpr std::uint8_t kPcmu = 0;    // RFC 3551 6
constexpr std::uint8_t kPcma = 8;

const char* codec_name(Law711 law) {
    return law == Law711::mu ? "PCMU" : "PCMA";
}

}  // namespace

Track::Track(std::uint8_t media_index, const TrackFormat& format, std::int64_t wall_offset_ns)
    : format_(format), wall_offset_ns_(wall_offset_ns) {
    record_.media_index = media_index;
    record_.codec = codec_name(format.law);
    record_.payload_type = format.audio;
    record_.files.push_back(TrackFile{.name = {}, .codec = codec_name(format.law)});
    filling_.law = format.law;
}

std::optional<Law711> Track::law_of(std::uint8_t payload_type) const {
    if (payload_type == format_.audio) return format_.law;
    // The sender changes the codec some packets before or after its re-INVITE is through: the
    // static types say what they are without it.
    if (payload_type == kPcmu) return Law711::mu;
    if (payload_type == kPcma) return Law711::a;
    return std::nullopt;
}

Track::Kind Track::kind_of(std::uint8_t payload_type) const {
    if (law_of(payload_type)) return Kind::audio;
    if (format_.event == payload_type) return Kind::event;
    if (format_.comfort == payload_type) return Kind::comfort;
    return Kind::other;
}

void Track::receive(const TrackPacket& packet, const Endpoint& source, MonoTime arrival) {
    TrackAccount& account = record_.account;
    if (!latched_) {
        if (kind_of(packet.payload_type) == Kind::other) {
            ++account.other_payload;
            return;
        }
        latched_ = true;
        record_.remote = source;
        account.ssrc = packet.ssrc;
        account.first_at = wall(arrival);
        account.first_sequence = packet.sequence;
    }
    if (source != record_.remote) {
        ++account.other_source;
        return;
    }
    if (packet.ssrc != account.ssrc) {
        // RFC 3550 8.2: another SSRC is another sequence space. What waits belongs to the old one.
        order_.give_up_all();
        hand_out();
        order_.restart();
        account.ssrc = packet.ssrc;
        ++account.ssrc_changes;
        has_transit_ = false;
        received_ = expected_prior_ = received_prior_ = 0;
        last_stored_.reset();
    }
    last_packet_at_ = arrival;
    account.last_at = wall(arrival);
    ++received_;
    measure_jitter(packet, arrival);
    switch (order_.push(packet, arrival)) {
        case ReorderBuffer::Place::taken:
            break;
        case ReorderBuffer::Place::duplicate:
            count_duplicate(packet);
            return;
        case ReorderBuffer::Place::late:
            ++account.late;
            return;
    }
    hand_out();
}

void Track::count_duplicate(const TrackPacket& packet) {
    // A copy of a packet that is not recorded is no recorded packet either.
    if (kind_of(packet.payload_type) == Kind::other) return;
    ++record_.account.duplicates;
    record_.account.duplicate_octets += packet.payload.size();
}

void Track::measure_jitter(const TrackPacket& packet, MonoTime arrival) {
    if (kind_of(packet.payload_type) != Kind::audio) return;
    const double now = std::fmod(static_cast<double>(arrival.ns) * kClockRate / 1e9, 4294967296.0);
    const double transit = now - static_cast<double>(packet.timestamp);
    if (has_transit_) {
        const double change = std::abs(transit - transit_);
        // A wrap of either counter, or a hold: no jitter.
        if (change < kClockRate) jitter_ += (change - jitter_) / 16.0;
    }
    transit_ = transit;
    has_transit_ = true;
    record_.account.jitter = static_cast<std::uint32_t>(jitter_);
}

void Track::hand_out() {
    while (auto packet = order_.next())
        store(*packet);
    record_.account.reordered = order_.reordered();
}

void Track::store(const ReorderBuffer::Ready& packet) {
    TrackAccount& account = record_.account;
    if (!last_stored_ && account.ssrc_changes == 0) account.first_sequence = packet.sequence;
    if (packet.gap > 0) note_gap(packet);
    paused_since_last_ = paused_;
    last_stored_ = packet.sequence;
    account.last_sequence = packet.sequence;
    switch (kind_of(packet.payload_type)) {
        case Kind::audio:
            store_audio(packet);
            break;
        case Kind::event:
            ++account.events;
            account.event_octets += packet.payload.size();
            store_event(packet);
            break;
        case Kind::comfort:
            ++account.comfort;
            account.comfort_octets += packet.payload.size();
            break;
        case Kind::other:
            ++account.other_payload;
            break;
    }
}

void Track::note_gap(const ReorderBuffer::Ready& packet) {
    TrackAccount& account = record_.account;
    const bool in_pause = paused_since_last_;
    (in_pause ? account.in_pause : account.lost) += packet.gap;
    if (record_.gaps.size() >= kRecorderNotes) {
        ++record_.notes_dropped;
        return;
    }
    record_.gaps.push_back(Gap{
        .after_sequence = static_cast<std::uint16_t>(packet.sequence - packet.gap - 1),
        .packets = packet.gap,
        .data_offset = file_bytes_,
        .file = filling_.file,
        .in_pause = in_pause,
        .at = wall(packet.arrival),
    });
}

void Track::store_audio(const ReorderBuffer::Ready& packet) {
    TrackAccount& account = record_.account;
    const Law711 law = law_of(packet.payload_type).value_or(format_.law);
    ++account.audio;
    account.audio_octets += packet.payload.size();
    if (law != filling_.law) {
        if (record_.files.size() >= kRecorderFiles) {
            // A sender that alternates between codecs: no more files, and the ledger hears of it.
            ++account.unwritten;
            record_.unwritten_octets += packet.payload.size();
            return;
        }
        // A WAV file has one codec: another one begins the track's next file.
        if (filling_.packets > 0) full_.push_back(std::move(filling_));
        filling_ = Block{.file = static_cast<std::uint32_t>(record_.files.size()), .law = law};
        record_.files.push_back(TrackFile{.name = {}, .codec = codec_name(law)});
        record_.codec = codec_name(law);
        record_.payload_type = packet.payload_type;
        file_bytes_ = 0;
    }
    if (filling_.samples.capacity() == 0) filling_.samples.reserve(kRecorderBlock);
    filling_.samples.insert(filling_.samples.end(), packet.payload.begin(), packet.payload.end());
    ++filling_.packets;
    file_bytes_ += packet.payload.size();
    if (filling_.samples.size() + kMaxRtpBytes > kRecorderBlock) {
        const Block next{.file = filling_.file, .law = filling_.law};
        full_.push_back(std::exchange(filling_, next));
    }
}

void Track::store_event(const ReorderBuffer::Ready& packet) {
    // RFC 4733 2.3: event, E and volume, duration.
    if (packet.payload.size() < 4) return;
    const std::uint8_t event = packet.payload[0];
    const bool ends = (packet.payload[1] & 0x80U) != 0;
    const std::uint32_t duration = (std::uint32_t{packet.payload[2]} << 8U) | packet.payload[3];
    auto& events = record_.events;
    const bool goes_on = !events.empty() && events.back().timestamp == packet.timestamp &&
                         events.back().event == event;
    if (!goes_on) {
        if (events.size() >= kRecorderNotes) {
            ++record_.notes_dropped;
            return;
        }
        events.push_back(TelephoneEvent{.event = event,
                                        .timestamp = packet.timestamp,
                                        .data_offset = file_bytes_,
                                        .at = wall(packet.arrival)});
    }
    TelephoneEvent& current = events.back();
    current.duration = std::max(current.duration, duration);
    current.ended = current.ended || ends;
    ++current.packets;
}

void Track::pause(MonoTime at) {
    if (paused_) return;
    paused_ = paused_since_last_ = true;
    if (record_.pauses.size() >= kRecorderNotes)
        ++record_.notes_dropped;
    else
        record_.pauses.push_back(Pause{.from = wall(at),
                                       .to = std::nullopt,
                                       .data_offset = file_bytes_,
                                       .file = filling_.file});
}

void Track::resume(MonoTime at) {
    if (!paused_) return;
    paused_ = false;
    if (!record_.pauses.empty() && !record_.pauses.back().to) record_.pauses.back().to = wall(at);
}

void Track::set_format(const TrackFormat& format) {
    format_ = format;
}

void Track::tick(MonoTime now) {
    order_.give_up_before(now - kRecorderReorderWait);
    hand_out();
}

void Track::finish(MonoTime now) {
    order_.give_up_all();
    hand_out();
    if (paused_) resume(now);
}

std::vector<Block> Track::take_blocks(bool flush) {
    if (flush && filling_.packets > 0) {
        const Block next{.file = filling_.file, .law = filling_.law};
        full_.push_back(std::exchange(filling_, next));
    }
    return std::exchange(full_, {});
}

std::optional<dataplane::ReportBlock> Track::report() {
    if (received_ == 0) return std::nullopt;
    const std::uint64_t expected = order_.highest() - order_.first() + 1;
    const std::uint64_t expected_since = expected - expected_prior_;
    const std::uint64_t received_since = received_ - received_prior_;
    expected_prior_ = expected;
    received_prior_ = received_;
    dataplane::ReportBlock result;
    result.ssrc = record_.account.ssrc;
    if (expected_since > received_since)
        result.fraction_lost = static_cast<std::uint8_t>(std::min<std::uint64_t>(
            255, ((expected_since - received_since) << 8U) / expected_since));
    const auto lost = static_cast<std::int64_t>(expected) - static_cast<std::int64_t>(received_);
    result.cumulative_lost =
        static_cast<std::int32_t>(std::clamp<std::int64_t>(lost, -0x800000, 0x7FFFFF));
    // Our extended numbers begin one cycle up; on the wire the first cycle is 0.
    result.highest_sequence = static_cast<std::uint32_t>(order_.highest() - (1U << 16U));
    result.jitter = record_.account.jitter;
    return result;
}

}  // namespace weir::forking
