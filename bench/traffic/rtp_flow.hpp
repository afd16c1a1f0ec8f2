// SPDX-License-Identifier: Apache-2.0
// RtpFlow: one direction of a call as the generator sends it, read from the flow file, and its
// frames.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "config/base/address.hpp"
#include "config/base/mac_address.hpp"
#include "config/base/result.hpp"

namespace weir::bench {

// Ethernet 14, IPv4 20, UDP 8, RTP 12, G.711 of 20 ms 160.
inline constexpr std::size_t kIpOffset = 14;
inline constexpr std::size_t kUdpOffset = 34;
inline constexpr std::size_t kRtpOffset = 42;
inline constexpr std::size_t kStampOffset = 54;
inline constexpr std::size_t kFrameBytes = 214;

// The first bytes of the payload, in the order of this machine: both ends are this process.
struct Stamp {
    std::uint32_t magic = 0;
    std::uint32_t flow = 0;
    std::uint32_t number = 0;  // of the measured packets of the flow, from 0
    std::uint32_t phase = 0;
    std::uint64_t sent_tsc = 0;
};
static_assert(sizeof(Stamp) == 24);
inline constexpr std::uint32_t kMagic = 0x57454952;
inline constexpr std::uint32_t kWarmUp = 0;
inline constexpr std::uint32_t kMeasured = 1;

// IPv4 address and UDP port in network order, as they lie in a frame; all zero = any.
struct WireEndpoint {
    std::uint32_t address = 0;
    std::uint16_t port = 0;
    [[nodiscard]] bool is_any() const { return address == 0; }
    bool operator==(const WireEndpoint&) const = default;
};

struct RtpFlow {
    std::uint32_t device = 0;  // index of the --vdev that it leaves by
    WireEndpoint from;
    WireEndpoint to;
    WireEndpoint relayed_to;  // where the relay must send it
    WireEndpoint copied_to;   // where the fork must send it; any = no fork
};

// Lines of `DEVICE FROM TO RELAYED-TO [COPIED-TO]`, endpoints as 192.0.2.1:5004 or `any`.
// Errors (invalid) name the line.
[[nodiscard]] Result<std::vector<RtpFlow>> read_flows(const std::string& path);

struct DeviceMacs {
    MacAddress own{};  // of the generator's end
    MacAddress peer{};
};

// The frame of a flow with all that does not change, and its checksum so far.
// Thread: one.
class FlowFrame {
public:
    FlowFrame(const RtpFlow& flow, std::uint32_t index, const DeviceMacs& macs);

    // Writes the next frame of the flow: kFrameBytes at `frame`. RTP runs on through both phases.
    void write_next(std::uint8_t* frame, std::uint32_t number, std::uint32_t phase,
                    std::uint64_t now_tsc);

private:
    std::array<std::uint8_t, kFrameBytes> frame_{};
    std::uint64_t sum_ = 0;  // of pseudo-header, UDP header and datagram without what changes
    std::uint32_t timestamp_ = 0;
    std::uint16_t sequence_ = 0;
};

// What the payload behind the stamp must be: the same in all packets of a flow.
[[nodiscard]] std::uint8_t filler(std::uint32_t flow, std::size_t offset);

}  // namespace weir::bench
