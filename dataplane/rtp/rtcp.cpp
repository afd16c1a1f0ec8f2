// SPDX-License-Identifier: Apache-2.0
// RTCP parts on the wire.
#include "dataplane/rtp/rtcp.hpp"

#include <algorithm>

namespace weir::dataplane {
namespace {

constexpr std::uint8_t kSenderReport = 200;
constexpr std::uint8_t kReceiverReport = 201;
constexpr std::uint8_t kSourceDescription = 202;
constexpr std::uint8_t kBye = 203;
constexpr std::uint8_t kCname = 1;
// RFC 3550 4: NTP counts from 1900, Unix from 1970.
constexpr std::uint64_t kNtpToUnixSeconds = 2'208'988'800;
// A datagram of kMaxRtpBytes has at most 375 parts of four bytes; the loop is bounded by its
// length.
struct PartHeader {
    std::uint8_t first = 0;  // V(2) P count(5)
    std::uint8_t type = 0;
    Be16 words;  // length in 32-bit words, minus one
};
struct BlockWire {
    Be32 ssrc;
    Be32 lost;  // fraction(8) cumulative(24)
    Be32 highest;
    Be32 jitter;
    Be32 last_sr;
    Be32 delay;
};
struct SenderWire {
    Be32 ssrc;
    Be32 ntp_seconds;
    Be32 ntp_fraction;
    Be32 timestamp;
    Be32 packets;
    Be32 octets;
};
static_assert(sizeof(PartHeader) == 4 && sizeof(BlockWire) == 24 && sizeof(SenderWire) == 24);

struct Part {
    std::uint8_t type = 0;
    std::uint8_t count = 0;
    ByteSpan body;  // behind the four bytes of header
};

// The part at the front of `rest`, which shrinks by it; nothing when the bytes are no RTCP.
std::optional<Part> next_part(ByteSpan& rest) {
    const auto* header = view_as<PartHeader>(rest);
    if (header == nullptr || (header->first & 0xC0U) != 0x80U) return std::nullopt;
    if (header->type < 192 || header->type > 223) return std::nullopt;
    const std::size_t bytes = 4U * (1U + header->words.get());
    if (bytes > rest.size()) return std::nullopt;
    const Part part{header->type, static_cast<std::uint8_t>(header->first & 0x1FU),
                    rest.subspan(4, bytes - 4)};
    rest = rest.subspan(bytes);
    return part;
}

ReportBlock read_block(const BlockWire& wire) {
    const std::uint32_t lost = wire.lost.get();
    // 24 bits two's complement: shift the sign to the top and back.
    const auto cumulative = static_cast<std::int32_t>(lost << 8U) >> 8;
    return {.ssrc = wire.ssrc.get(),
            .fraction_lost = static_cast<std::uint8_t>(lost >> 24U),
            .cumulative_lost = cumulative,
            .highest_sequence = wire.highest.get(),
            .jitter = wire.jitter.get(),
            .last_sr = wire.last_sr.get(),
            .delay_since_sr = wire.delay.get()};
}

void put_header(MutableByteSpan part, std::uint8_t count, std::uint8_t type) {
    auto* header = view_as<PartHeader>(part);
    header->first = static_cast<std::uint8_t>(0x80U | count);
    header->type = type;
    header->words.set(static_cast<std::uint16_t>(part.size() / 4 - 1));
}

}  // namespace

std::uint64_t ntp_time(WallTime time) {
    const auto ns = static_cast<std::uint64_t>(time.ns);
    const std::uint64_t seconds = ns / 1'000'000'000U + kNtpToUnixSeconds;
    const std::uint64_t fraction = ((ns % 1'000'000'000U) << 32U) / 1'000'000'000U;
    return seconds << 32U | fraction;
}

bool check_rtcp(ByteSpan datagram) {
    if (datagram.size() < 8) return false;
    while (!datagram.empty())
        if (!next_part(datagram)) return false;
    return true;
}

std::optional<ReportBlock> find_report(ByteSpan datagram, std::uint32_t ssrc) {
    while (auto part = next_part(datagram)) {
        if (part->type != kSenderReport && part->type != kReceiverReport) continue;
        std::size_t offset = part->type == kSenderReport ? sizeof(SenderWire) : sizeof(Be32);
        for (unsigned i = 0; i < part->count; ++i, offset += sizeof(BlockWire)) {
            const auto* wire = view_as<BlockWire>(part->body, offset);
            if (wire == nullptr) return std::nullopt;
            if (wire->ssrc.get() == ssrc) return read_block(*wire);
        }
    }
    return std::nullopt;
}

std::optional<SenderInfo> find_sender_info(ByteSpan datagram) {
    while (auto part = next_part(datagram)) {
        const auto* wire = view_as<SenderWire>(part->body);
        if (part->type != kSenderReport || wire == nullptr) continue;
        return SenderInfo{
            .ssrc = wire->ssrc.get(),
            .ntp = std::uint64_t{wire->ntp_seconds.get()} << 32U | wire->ntp_fraction.get(),
            .rtp_timestamp = wire->timestamp.get(),
            .packets = wire->packets.get(),
            .octets = wire->octets.get()};
    }
    return std::nullopt;
}

bool has_bye(ByteSpan datagram, std::uint32_t ssrc) {
    while (auto part = next_part(datagram)) {
        if (part->type != kBye) continue;
        for (unsigned i = 0; i < part->count; ++i) {
            const auto* wire = view_as<Be32>(part->body, 4U * i);
            if (wire != nullptr && wire->get() == ssrc) return true;
        }
    }
    return false;
}

MutableByteSpan RtcpWriter::take(std::size_t bytes) {
    if (!ok_ || buffer_.size() - size_ < bytes) {
        ok_ = false;
        return {};
    }
    const auto part = buffer_.subspan(size_, bytes);
    std::fill(part.begin(), part.end(), std::uint8_t{0});
    size_ += bytes;
    return part;
}

void RtcpWriter::sender_report(const SenderInfo& sender) {
    const auto part = take(sizeof(PartHeader) + sizeof(SenderWire));
    if (part.empty()) return;
    put_header(part, 0, kSenderReport);
    auto* wire = view_as<SenderWire>(part, sizeof(PartHeader));
    wire->ssrc.set(sender.ssrc);
    wire->ntp_seconds.set(static_cast<std::uint32_t>(sender.ntp >> 32U));
    wire->ntp_fraction.set(static_cast<std::uint32_t>(sender.ntp));
    wire->timestamp.set(sender.rtp_timestamp);
    wire->packets.set(sender.packets);
    wire->octets.set(sender.octets);
}

void RtcpWriter::receiver_report(std::uint32_t own_ssrc, const ReportBlock& block) {
    const auto part = take(sizeof(PartHeader) + sizeof(Be32) + sizeof(BlockWire));
    if (part.empty()) return;
    put_header(part, 1, kReceiverReport);
    view_as<Be32>(part, sizeof(PartHeader))->set(own_ssrc);
    auto* wire = view_as<BlockWire>(part, sizeof(PartHeader) + sizeof(Be32));
    wire->ssrc.set(block.ssrc);
    // RFC 3550 6.4.1: 24 bits signed, clamped at both ends.
    const auto lost = std::clamp(block.cumulative_lost, -0x800000, 0x7FFFFF);
    wire->lost.set(std::uint32_t{block.fraction_lost} << 24U |
                   (static_cast<std::uint32_t>(lost) & 0xFFFFFFU));
    wire->highest.set(block.highest_sequence);
    wire->jitter.set(block.jitter);
    wire->last_sr.set(block.last_sr);
    wire->delay.set(block.delay_since_sr);
}

void RtcpWriter::empty_receiver_report(std::uint32_t own_ssrc) {
    const auto part = take(sizeof(PartHeader) + sizeof(Be32));
    if (part.empty()) return;
    put_header(part, 0, kReceiverReport);
    view_as<Be32>(part, sizeof(PartHeader))->set(own_ssrc);
}

void RtcpWriter::cname(std::uint32_t ssrc, std::string_view name) {
    name = name.substr(0, 255);
    // Chunk: SSRC, item type and length, text, then one to four zero octets to a 32-bit border.
    const std::size_t chunk = (sizeof(Be32) + 2 + name.size() + 4) / 4 * 4;
    const auto part = take(sizeof(PartHeader) + chunk);
    if (part.empty()) return;
    put_header(part, 1, kSourceDescription);
    view_as<Be32>(part, sizeof(PartHeader))->set(ssrc);
    part[8] = kCname;
    part[9] = static_cast<std::uint8_t>(name.size());
    std::copy(name.begin(), name.end(), part.begin() + 10);
}

void RtcpWriter::bye(std::uint32_t ssrc) {
    const auto part = take(sizeof(PartHeader) + sizeof(Be32));
    if (part.empty()) return;
    put_header(part, 1, kBye);
    view_as<Be32>(part, sizeof(PartHeader))->set(ssrc);
}

}  // namespace weir::dataplane
