// SPDX-License-Identifier: Apache-2.0
// Fuzzes the reading of frames: what is called media lies in the frame, the quick reading agrees
// with the long one, and what we would write for a received datagram is read back as the same.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "config/base/result.hpp"
#include "dataplane/engine/frame_plain.hpp"

namespace {

using namespace weir::dataplane;

// An IPv4, an IPv6 and an IPv4 realm in VLAN 7; ports from 1024 on are media.
struct Reader {
    Reader() : framer(options()), owners(3) { owners.set_range(1024, 65535); }
    static FrameOptions options() {
        FrameOptions result;
        weir::IpAddress v6{};
        v6.family = weir::Family::v6;
        v6.bytes = {0x20, 1, 0x0D, 0xB8};
        result.realms.push_back({.address = weir::IpAddress::v4(192, 0, 2, 100), .own_mac = {}});
        result.realms.push_back({.address = v6, .own_mac = {}});
        result.realms.push_back(
            {.address = weir::IpAddress::v4(192, 0, 2, 100), .own_mac = {}, .vlan = 7});
        return result;
    }
    Framer framer;
    PortOwners owners;
};

void check_written(const Reader& reader, const weir::Endpoint& to, LocalPort from,
                   weir::ByteSpan payload) {
    const auto header = reader.framer.realm(from.realm).header_bytes;
    std::vector<std::uint8_t> frame(header + payload.size());
    std::copy(payload.begin(), payload.end(), frame.begin() + header);
    write_frame(frame, reader.framer, {to, from, NextHops::word_of({2, 0, 0, 0, 0, 1}), 0});
    if (!reader.framer.realm(from.realm).is_plain) return;
    std::vector<std::uint8_t> quick(frame);
    std::fill_n(quick.begin(), header, std::uint8_t{0xAA});
    write_plain_frame(quick, reader.framer, {to, from, NextHops::word_of({2, 0, 0, 0, 0, 1}), 0});
    WEIR_ASSERT(quick == frame);
}

}  // namespace

// The first byte: is a tag said to have been taken off (bit 0), and which (VLAN 7 or none: bit 1).
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Reader reader;
    if (size == 0) return 0;
    const weir::ByteSpan bytes(data + 1, size - 1);
    weir::Endpoint peer;
    LocalPort local;
    FramedDatagram found{peer, local};
    const ReceivedFrame frame{bytes, bytes.size(),
                              static_cast<std::uint16_t>((data[0] & 2U) != 0 ? 7 : 0),
                              (data[0] & 1U) != 0};
    const FrameOutcome outcome = parse_frame(frame, reader.framer, reader.owners, found);
    WEIR_ASSERT((outcome.kind == FrameKind::drop) == (outcome.verdict != Verdict::count_));
    if (outcome.kind == FrameKind::media) {
        WEIR_ASSERT(std::size_t{found.payload_offset} + found.payload_bytes <= bytes.size());
        const auto payload = bytes.subspan(found.payload_offset, found.payload_bytes);
        static_cast<void>(
            is_udp_checksum_good(bytes, found, checksum_fold32(checksum_add(0, payload))));
        check_written(reader, peer, local, payload);
    }
    weir::Endpoint quick_peer;
    LocalPort quick_local;
    FramedDatagram quick{quick_peer, quick_local};
    if (frame.tag_taken || !read_plain_frame(bytes, reader.framer, quick)) return 0;
    if (reader.owners.find(quick_local) == PortOwners::kHost) {
        WEIR_ASSERT(outcome.kind == FrameKind::punt);
    } else {
        WEIR_ASSERT(outcome.kind == FrameKind::media && quick_peer == peer && quick_local == local);
        WEIR_ASSERT(quick.payload_offset == found.payload_offset &&
                    quick.payload_bytes == found.payload_bytes);
    }
    return 0;
}
