// SPDX-License-Identifier: Apache-2.0
// Sockets of one track: an even UDP port for RTP and the next one for RTCP.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "config/base/address.hpp"
#include "config/base/bytes.hpp"
#include "config/base/clock.hpp"
#include "config/base/result.hpp"
#include "config/base/unique_fd.hpp"

namespace weir::forking {

struct RtpSockets {
    UniqueFd rtp;
    UniqueFd rtcp;
    Endpoint local;  // of RTP
};

// Hands out port pairs of a range, one after the other, so that a port rests as long as possible
// before its next call. Thread: sip.
class PortRange {
public:
    // Even ports min..max; 0..0 lets the kernel choose (tests).
    PortRange(const IpAddress& address, std::uint16_t min, std::uint16_t max);
    // Errors: exhausted (no pair is free), io.
    [[nodiscard]] Result<RtpSockets> open();

private:
    IpAddress address_;
    std::uint16_t min_;
    std::uint16_t max_;
    std::uint16_t next_;
};

// One datagram as it was received.
struct Datagram {
    ByteSpan bytes;
    Endpoint source;
    MonoTime arrival;            // when the kernel got it
    std::uint32_t overflow = 0;  // datagrams that this socket has dropped so far (SO_RXQ_OVFL)
};

// Receives bursts with their kernel time stamps. Thread: reception.
class DatagramReader {
public:
    DatagramReader();
    ~DatagramReader();
    DatagramReader(const DatagramReader&) = delete;
    DatagramReader& operator=(const DatagramReader&) = delete;

    // Reads what waits, at most `limit` datagrams; gives how many. `wall_offset_ns`: wall clock
    // minus monotonic clock, which turns the kernel's stamps into MonoTime.
    std::size_t read(int fd, std::size_t limit, std::int64_t wall_offset_ns,
                     const std::function<void(const Datagram&)>& each);

private:
    struct Buffers;
    std::unique_ptr<Buffers> buffers_;
};

// Sends one datagram; what the kernel refuses is lost like any datagram.
void send_datagram(int fd, ByteSpan bytes, const Endpoint& to);

}  // namespace weir::forking
