// SPDX-License-Identifier: Apache-2.0
// Reading of untrusted L2 to L4 headers: is it media of ours, is it spoilt, or the host's?
#include "dataplane/engine/frame.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include "dataplane/engine/engine_limits.hpp"
#include "dataplane/engine/frame_plain.hpp"
#include "dataplane/engine/frame_wire.hpp"

namespace weir::dataplane {
namespace {

constexpr Verdict kNoFault = Verdict::count_;

// What both IP versions share. Nothing here is believed before the port is known to be a media
// port.
struct UdpPlace {
    const std::uint8_t* from = nullptr;
    const std::uint8_t* to = nullptr;
    Family family = Family::none;
    std::size_t offset = 0;  // of the UDP header, from the start of the frame
    std::size_t room = 0;    // what IP says is left for UDP
    Verdict fault = kNoFault;
};

// Where the UDP header should be; nothing: there is none to be seen.
[[nodiscard]] std::optional<UdpPlace> find_in_ipv4(const ReceivedFrame& frame, std::size_t at) {
    const auto* ip = view_as<Ipv4Wire>(frame.bytes, at);
    if (ip == nullptr || (ip->version_words & 0xF0U) != 0x40U) return std::nullopt;
    const std::size_t header = (ip->version_words & 0x0FU) * 4U;
    const std::size_t total = ip->total_bytes.get();
    const std::uint16_t fragment = ip->fragment.get();
    if (header < sizeof(Ipv4Wire) || total < header + sizeof(UdpWire)) return std::nullopt;
    // RFC 791 3.1: an offset (bits 12..0); only a first fragment shows a port.
    if ((fragment & 0x1FFFU) != 0 || ip->protocol != kUdpProtocol) return std::nullopt;
    UdpPlace place{ip->from.data(), ip->to.data(),  Family::v4,
                   at + header,     total - header, kNoFault};
    if (header > sizeof(Ipv4Wire))
        place.fault = Verdict::ip_options;
    else if (total > frame.total - at)
        place.fault = Verdict::truncated;
    else if (!is_sum_good(checksum_block<sizeof(Ipv4Wire)>(&ip->version_words)))
        place.fault = Verdict::bad_checksum;
    else if ((fragment & 0x2000U) != 0)  // more fragments
        place.fault = Verdict::fragment;
    return place;
}

// The length of the extension header at `bytes`; 0: it is none that can be walked.
[[nodiscard]] std::size_t extension_bytes(std::uint8_t kind, ByteSpan bytes) {
    switch (kind) {
        case 0:    // hop-by-hop (RFC 8200 4.3)
        case 43:   // routing (4.4)
        case 60:   // destination options (4.6)
        case 135:  // mobility (RFC 6275 6.1)
        case 139:  // host identity (RFC 7401 5.1)
        case 140:  // shim6 (RFC 5533 5.1)
            return (bytes[1] + 1U) * 8U;
        case 51:  // authentication (RFC 4302 2.2)
            return (bytes[1] + 2U) * 4U;
        case 44:  // fragment (RFC 8200 4.5)
            return 8;
        default:
            return 0;
    }
}

[[nodiscard]] std::optional<UdpPlace> find_in_ipv6(const ReceivedFrame& frame, std::size_t at) {
    const auto* ip = view_as<Ipv6Wire>(frame.bytes, at);
    if (ip == nullptr || (ip->version_class_label.get() >> 28U) != 6) return std::nullopt;
    const std::size_t payload = ip->payload_bytes.get();
    UdpPlace place{ip->from.data(),       ip->to.data(), Family::v6,
                   at + sizeof(Ipv6Wire), payload,       kNoFault};
    if (payload > frame.total - place.offset) place.fault = Verdict::truncated;
    std::uint8_t kind = ip->next_header;
    for (unsigned walked = 0; kind != kUdpProtocol; ++walked) {
        constexpr std::size_t kLeast = 8;
        if (walked == kMaxExtensionHeaders || place.room < kLeast ||
            frame.bytes.size() < place.offset + kLeast)
            return std::nullopt;
        const ByteSpan bytes = frame.bytes.subspan(place.offset, kLeast);
        const std::size_t length = extension_bytes(kind, bytes);
        if (length < kLeast || length > place.room) return std::nullopt;
        if (kind == 44) {
            if (bytes[2] != 0 || (bytes[3] & 0xF8U) != 0) return std::nullopt;  // not the first
            place.fault = Verdict::fragment;
        } else if (place.fault != Verdict::fragment) {
            place.fault = Verdict::ip_options;
        }
        kind = bytes[0];
        place.offset += length;
        place.room -= length;
    }
    if (place.room < sizeof(UdpWire)) return std::nullopt;
    return place;
}

// Which realm an address of ours belongs to; kMaxRealms when it is not ours.
[[nodiscard]] std::size_t realm_of(const UdpPlace& place, std::uint16_t vlan,
                                   const Framer& framer) {
    const std::size_t length = place.family == Family::v4 ? 4 : 16;
    for (std::size_t i = 0; i < framer.realm_count(); ++i) {
        const FrameRealm& realm = framer.realm(static_cast<RealmIndex>(i)).config;
        if (realm.address.family == place.family && realm.vlan == vlan &&
            std::memcmp(realm.address.bytes.data(), place.to, length) == 0)
            return i;
    }
    return kMaxRealms;
}

void copy_peer(const UdpPlace& place, Endpoint& peer) {
    peer = {};
    std::memcpy(peer.address.bytes.data(), place.from, place.family == Family::v4 ? 4 : 16);
    peer.address.family = place.family;
}

// Behind Ethernet and at most one tag. A second tag is not ours to take off.
struct NetworkPlace {
    std::uint16_t type = 0;
    std::uint16_t vlan = 0;  // a priority tag (VLAN 0) is as none (IEEE 802.1Q 9.6)
    std::size_t offset = 0;
};
[[nodiscard]] NetworkPlace find_network(const ReceivedFrame& frame) {
    constexpr std::uint16_t kVlanMask = 0x0FFF;
    const auto* ethernet = view_as<EthernetWire>(frame.bytes);
    if (ethernet == nullptr) return {};
    const auto taken = static_cast<std::uint16_t>(frame.tag_taken ? frame.tag & kVlanMask : 0U);
    NetworkPlace place{ethernet->type.get(), taken, sizeof(EthernetWire)};
    if (place.type != kEtherVlan) return place;
    const auto* tag = view_as<VlanWire>(frame.bytes, sizeof(EthernetWire));
    if (tag == nullptr || frame.tag_taken) return {};
    return {tag->type.get(), static_cast<std::uint16_t>(tag->tag.get() & kVlanMask),
            sizeof(EthernetWire) + sizeof(VlanWire)};
}

}  // namespace

FrameOutcome parse_frame(const ReceivedFrame& frame, const Framer& framer, const PortOwners& owners,
                         FramedDatagram& found) noexcept {
    constexpr FrameOutcome kPunt{FrameKind::punt, kNoFault};
    const NetworkPlace network = find_network(frame);
    std::optional<UdpPlace> place;
    if (network.type == kEtherIpv4)
        place = find_in_ipv4(frame, network.offset);
    else if (network.type == kEtherIpv6)
        place = find_in_ipv6(frame, network.offset);
    if (!place) return kPunt;
    const auto* udp = view_as<UdpWire>(frame.bytes, place->offset);
    const std::size_t realm = realm_of(*place, network.vlan, framer);
    if (udp == nullptr || realm == kMaxRealms) return kPunt;
    found.local = {udp->to.get(), static_cast<RealmIndex>(realm), 0};
    if (owners.find(found.local) == PortOwners::kHost) return kPunt;

    const std::size_t bytes = udp->bytes.get();
    if (place->fault != kNoFault) return {FrameKind::drop, place->fault};
    // Frames of one segment only: our receive buffers hold any frame that we relay.
    if (frame.total != frame.bytes.size()) return {FrameKind::drop, Verdict::too_long};
    if (bytes < sizeof(UdpWire) || bytes > place->room)
        return {FrameKind::drop, Verdict::truncated};
    copy_peer(*place, found.peer);
    found.peer.port = udp->from.get();
    found.payload_offset = static_cast<std::uint16_t>(place->offset + sizeof(UdpWire));
    found.payload_bytes = static_cast<std::uint16_t>(bytes - sizeof(UdpWire));
    return {FrameKind::media, kNoFault};
}

}  // namespace weir::dataplane
