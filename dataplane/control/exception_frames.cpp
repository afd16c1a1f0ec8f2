// SPDX-License-Identifier: Apache-2.0
// The frames of the exception path, one by one. A few thousand a second: SIP, ARP, VRRP.
#include <array>

#include <rte_mbuf.h>

#include "dataplane/control/exception_path.hpp"
#include "dataplane/control/host_frame.hpp"
#include "dataplane/engine/mbuf.hpp"

namespace weir::dataplane {

const ExceptionPath::End* ExceptionPath::find(std::uint8_t device, std::uint16_t vlan) const {
    for (const auto& end : ends_)
        if (end.what.device == device && end.what.vlan == vlan) return &end;
    return nullptr;
}

void ExceptionPath::take_from_workers() {
    std::array<HostFrame, kBurst> frames;
    for (std::size_t taken = 0; taken < kHostFramesPerTurn;) {
        const std::size_t count = parts_.rings.take_punted(frames);
        if (count == 0) return;
        for (std::size_t i = 0; i < count; ++i) {
            give_to_host(*frames[i].frame, frames[i].device);
            rte_pktmbuf_free(frames[i].frame);
        }
        taken += count;
    }
}

void ExceptionPath::give_to_host(rte_mbuf& frame, std::uint8_t device) {
    const MutableByteSpan bytes = bytes_of_mbuf(&frame);
    if (frame.nb_segs != 1 || bytes.size() < kEthernetHeader) {
        ++counters_.malformed;
        return;
    }
    FrameTag tag = tag_of(bytes);
    // A driver may have taken the tag off already; one in the frame is then a second one.
    const bool was_taken = (frame.ol_flags & RTE_MBUF_F_RX_VLAN_STRIPPED) != 0;
    if (was_taken) tag = {false, static_cast<std::uint16_t>(frame.vlan_tci & 0x0FFFU)};
    const End* end = find(device, tag.vlan);
    if (end == nullptr) {
        ++counters_.unknown_vlan;
        return;
    }
    counters_.completed += complete_checksum(bytes) ? 1U : 0U;
    const std::size_t behind = kEthernetAddresses + (tag.is_there ? kVlanTag : 0);
    const std::array<iovec, 2> pieces{iovec{bytes.data(), kEthernetAddresses},
                                      iovec{bytes.data() + behind, bytes.size() - behind}};
    ++(end->device.write(pieces) ? counters_.to_host : counters_.tap_refused);
}

void ExceptionPath::take_from_host() {
    for (auto& end : ends_)
        take_from(end);
}

void ExceptionPath::take_from(End& end) {
    bool is_anything_sent = false;
    for (std::size_t i = 0; i < kHostFramesPerTurn; ++i) {
        rte_mbuf* buffer = rte_pktmbuf_alloc(parts_.pool.raw());
        if (buffer == nullptr) {
            // It is read all the same: a tap that is not read would wake us without end.
            std::array<std::uint8_t, kEthernetHeader> rest{};
            if (!end.device.read(std::array{iovec{rest.data(), rest.size()}})) break;
            ++counters_.no_buffer;
            continue;
        }
        if (!take_one(end, *buffer)) {
            rte_pktmbuf_free(buffer);
            break;
        }
        if (buffer->data_len == 0) {
            rte_pktmbuf_free(buffer);
            continue;
        }
        const bool is_sent = parts_.rings.send_to_device(buffer, end.what.device);
        ++(is_sent ? counters_.from_host : counters_.ring_full);
        is_anything_sent = is_anything_sent || is_sent;
    }
    if (is_anything_sent) parts_.rings.wake_worker();
}

// False: the host has sent nothing more. A frame that cannot go on leaves an empty buffer.
bool ExceptionPath::take_one(End& end, rte_mbuf& buffer) {
    const std::size_t tag = end.what.vlan != 0 ? kVlanTag : 0;
    const std::size_t room = rte_pktmbuf_tailroom(&buffer);
    auto* bytes = rte_pktmbuf_mtod(&buffer, std::uint8_t*);
    const std::array<iovec, 2> pieces{
        iovec{bytes, kEthernetAddresses},
        iovec{bytes + kEthernetAddresses + tag, room - kEthernetAddresses - tag}};
    const auto length = end.device.read(pieces);
    if (!length) return false;
    // What fills the room to its end may have been cut off.
    if (*length < kEthernetHeader || *length + tag >= room) {
        ++(*length < kEthernetHeader ? counters_.malformed : counters_.oversized);
        return true;
    }
    set_length(&buffer, *length + tag);
    if (tag != 0) put_tag(bytes_of_mbuf(&buffer), end.what.vlan);
    return true;
}

}  // namespace weir::dataplane
