// SPDX-License-Identifier: Apache-2.0
// Making and checking numbered RTP.
#include "bench/traffic/numbered_rtp.hpp"

#include <algorithm>
#include <cstring>

#include "config/base/random.hpp"

namespace weir::bench {
namespace {

std::uint64_t stream_seed(std::uint32_t seed, std::uint32_t call, std::uint8_t party,
                          std::uint32_t number) {
    return (std::uint64_t{seed} << 40U) ^ (std::uint64_t{call} << 20U) ^
           (std::uint64_t{party} << 60U) ^ (number * 0x9E3779B97F4A7C15ULL) ^ 0x5757;
}

void put32(std::uint8_t* at, std::uint32_t value) {
    for (int i = 3; i >= 0; --i, value >>= 8U)
        at[i] = static_cast<std::uint8_t>(value & 0xFFU);
}
std::uint32_t get32(const std::uint8_t* at) {
    return std::uint32_t{at[0]} << 24U | std::uint32_t{at[1]} << 16U | std::uint32_t{at[2]} << 8U |
           at[3];
}

}  // namespace

Payload numbered_payload(std::uint32_t seed, std::uint32_t call, std::uint8_t party,
                         std::uint32_t number) {
    Payload payload;
    put32(payload.data(), number);
    put32(payload.data() + 4, call);
    payload[8] = party;
    SeededRandom random(stream_seed(seed, call, party, number));
    for (std::size_t i = 9; i < payload.size(); i += 8) {
        const std::uint64_t bits = random.next();
        std::memcpy(payload.data() + i, &bits, std::min<std::size_t>(8, payload.size() - i));
    }
    return payload;
}

NumberedSender::NumberedSender(std::uint32_t seed, std::uint32_t call, std::uint8_t party)
    : seed_(seed), call_(call), party_(party) {
    SeededRandom random(stream_seed(seed, call, party, 0xFFFFFFFF));
    ssrc_ = static_cast<std::uint32_t>(random.next() >> 32U);
    first_sequence_ = static_cast<std::uint16_t>(random.next() >> 48U);
    first_timestamp_ = static_cast<std::uint32_t>(random.next() >> 32U);
}

Packet NumberedSender::next() {
    Packet packet{};
    const auto sequence = static_cast<std::uint16_t>(first_sequence_ + number_);
    packet[0] = 0x80;
    packet[1] = static_cast<std::uint8_t>(number_ == 0 ? 0x80 : 0);  // marker on the first; PCMU
    packet[2] = static_cast<std::uint8_t>(sequence >> 8U);
    packet[3] = static_cast<std::uint8_t>(sequence & 0xFFU);
    put32(packet.data() + 4,
          first_timestamp_ + number_ * static_cast<std::uint32_t>(kPayloadBytes));
    put32(packet.data() + 8, ssrc_);
    const Payload payload = numbered_payload(seed_, call_, party_, number_);
    std::copy(payload.begin(), payload.end(), packet.begin() + 12);
    ++number_;
    return packet;
}

void NumberedReceiver::receive(std::span<const std::uint8_t> packet) {
    if (packet.size() != kPacketBytes) {
        ++corrupt_;
        return;
    }
    const std::uint32_t number = get32(packet.data() + 12);
    if (number >= seen_.size()) {
        ++corrupt_;
        return;
    }
    const Payload expected = numbered_payload(seed_, call_, from_party_, number);
    if (!std::equal(expected.begin(), expected.end(), packet.begin() + 12)) {
        ++corrupt_;
        return;
    }
    if (seen_[number]) {
        ++duplicates_;
        return;
    }
    seen_[number] = true;
    if (received_ > 0 && number < highest_) ++reordered_;
    highest_ = std::max(highest_, number);
    ++received_;
}

std::uint32_t NumberedReceiver::missing() const {
    return static_cast<std::uint32_t>(std::count(seen_.begin(), seen_.end(), false));
}

}  // namespace weir::bench
