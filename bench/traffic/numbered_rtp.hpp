// SPDX-License-Identifier: Apache-2.0
// RTP packets that can be recognised: every payload byte follows from seed, call, party and number.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace weir::bench {

inline constexpr std::size_t kPayloadBytes = 160;  // G.711, 20 ms
inline constexpr std::size_t kPacketBytes = 12 + kPayloadBytes;

using Payload = std::array<std::uint8_t, kPayloadBytes>;
using Packet = std::array<std::uint8_t, kPacketBytes>;

// The payload of packet `number` (from 0) that `party` (0 caller, 1 callee) of `call` sends.
[[nodiscard]] Payload numbered_payload(std::uint32_t seed, std::uint32_t call, std::uint8_t party,
                                       std::uint32_t number);

// What one party sends: sequence and timestamp start at values that follow from the seed.
class NumberedSender {
public:
    NumberedSender(std::uint32_t seed, std::uint32_t call, std::uint8_t party);
    [[nodiscard]] Packet next();
    [[nodiscard]] std::uint32_t sent() const { return number_; }

private:
    std::uint32_t seed_;
    std::uint32_t call_;
    std::uint8_t party_;
    std::uint32_t number_ = 0;
    std::uint32_t ssrc_;
    std::uint16_t first_sequence_;
    std::uint32_t first_timestamp_;
};

// What the other party of the call receives of it, packet by packet.
class NumberedReceiver {
public:
    NumberedReceiver(std::uint32_t seed, std::uint32_t call, std::uint8_t from_party,
                     std::uint32_t expected)
        : seed_(seed), call_(call), from_party_(from_party), seen_(expected) {}
    void receive(std::span<const std::uint8_t> packet);

    [[nodiscard]] std::uint32_t received() const { return received_; }
    [[nodiscard]] std::uint32_t missing() const;
    [[nodiscard]] std::uint32_t duplicates() const { return duplicates_; }
    [[nodiscard]] std::uint32_t reordered() const { return reordered_; }
    [[nodiscard]] std::uint32_t corrupt() const { return corrupt_; }

private:
    std::uint32_t seed_;
    std::uint32_t call_;
    std::uint8_t from_party_;
    std::vector<bool> seen_;
    std::uint32_t received_ = 0;
    std::uint32_t duplicates_ = 0;
    std::uint32_t reordered_ = 0;
    std::uint32_t corrupt_ = 0;
    std::uint32_t highest_ = 0;
};

}  // namespace weir::bench
