// SPDX-License-Identifier: Apache-2.0
// RTCP (RFC 3550 6): checking compounds, reading report blocks, writing SR, RR, SDES and BYE.
//
// Thread: any; pure, no allocation.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "config/base/bytes.hpp"
#include "config/base/clock.hpp"

namespace weir::dataplane {

// 64-bit NTP time: seconds since 1900 in the upper half (RFC 3550 4).
[[nodiscard]] std::uint64_t ntp_time(WallTime time);
// Its middle 32 bits, units of 1/65536 s (LSR, and the difference of which is a round trip).
[[nodiscard]] constexpr std::uint32_t ntp_middle(std::uint64_t ntp) {
    return static_cast<std::uint32_t>(ntp >> 16U);
}

// A compound whose parts fill the datagram exactly, each of version 2 and an RTCP type (A.2; the
// order of types and RFC 5506's reduced size are not judged: we relay).
[[nodiscard]] bool check_rtcp(ByteSpan datagram);

struct ReportBlock {                     // RFC 3550 6.4.1
    std::uint32_t ssrc = 0;              // the stream that is reported on
    std::uint8_t fraction_lost = 0;      // of 256
    std::int32_t cumulative_lost = 0;    // 24 bits signed
    std::uint32_t highest_sequence = 0;  // extended
    std::uint32_t jitter = 0;            // timestamp units
    std::uint32_t last_sr = 0;           // middle 32 bits of the SR's NTP time; 0 = none
    std::uint32_t delay_since_sr = 0;    // 1/65536 s
};

// The block about `ssrc` in any SR or RR of a compound; nothing if there is none or the bytes are
// bad.
[[nodiscard]] std::optional<ReportBlock> find_report(ByteSpan datagram, std::uint32_t ssrc);

struct SenderInfo {
    std::uint32_t ssrc = 0;
    std::uint64_t ntp = 0;
    std::uint32_t rtp_timestamp = 0;
    std::uint32_t packets = 0;
    std::uint32_t octets = 0;
};
// The sender info of the first SR of a compound; nothing if there is none.
[[nodiscard]] std::optional<SenderInfo> find_sender_info(ByteSpan datagram);
// True if a BYE (6.6) of the compound names `ssrc`.
[[nodiscard]] bool has_bye(ByteSpan datagram, std::uint32_t ssrc);

// Writes parts one behind the other into a caller's buffer; what does not fit is left out and makes
// ok() false.
class RtcpWriter {
public:
    explicit RtcpWriter(MutableByteSpan buffer) : buffer_(buffer) {}
    void sender_report(const SenderInfo& sender);
    void receiver_report(std::uint32_t own_ssrc, const ReportBlock& block);
    void empty_receiver_report(std::uint32_t own_ssrc);
    void cname(std::uint32_t ssrc,
               std::string_view name);  // SDES; at most 255 bytes of name (6.5.1)
    void bye(std::uint32_t ssrc);
    [[nodiscard]] bool ok() const { return ok_; }
    [[nodiscard]] std::size_t size() const { return size_; }

private:
    MutableByteSpan take(std::size_t bytes);
    MutableByteSpan buffer_;
    std::size_t size_ = 0;
    bool ok_ = true;
};

}  // namespace weir::dataplane
