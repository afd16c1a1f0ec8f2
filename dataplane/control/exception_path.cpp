// SPDX-License-Identifier: Apache-2.0
// The taps of a node: opening, addresses, links.
#include "dataplane/control/exception_path.hpp"

#include <algorithm>
#include <utility>

#include <rte_mbuf.h>

#include "dataplane/control/control_loop.hpp"
#include "dataplane/control/exception_limits.hpp"
#include "dataplane/control/host_frame.hpp"
#include "dataplane/engine/mbuf.hpp"
#include "dataplane/route/netlink_socket.hpp"

namespace weir::dataplane {

std::vector<HostTap> host_taps(const std::vector<MediaRealm>& realms, const FrameOptions& frames) {
    std::vector<HostTap> taps;
    for (std::size_t i = 0; i < realms.size() && i < frames.realms.size(); ++i) {
        const FrameRealm& frame = frames.realms[i];
        auto tap = std::find_if(taps.begin(), taps.end(), [&](const HostTap& other) {
            return other.device == frame.device && other.vlan == frame.vlan;
        });
        if (tap == taps.end()) {
            HostTap one;
            one.name = realms[i].tap;
            one.device = frame.device;
            one.vlan = frame.vlan;
            one.mac = frame.own_mac;
            one.mtu = frame.mtu;
            tap = taps.insert(taps.end(), std::move(one));
        }
        if (realms[i].prefix_length != 0)
            tap->addresses.push_back(Prefix{realms[i].address, realms[i].prefix_length});
        tap->realms.push_back(static_cast<RealmIndex>(i));
    }
    return taps;
}

Result<std::unique_ptr<ExceptionPath>> ExceptionPath::open(std::vector<HostTap> taps,
                                                           bool keeps_taps, ExceptionParts parts) {
    std::unique_ptr<ExceptionPath> path(new ExceptionPath(parts));
    for (auto& tap : taps)
        WEIR_TRY(path->add(std::move(tap), !keeps_taps));
    return path;
}

Result<void> ExceptionPath::add(HostTap tap, bool is_removed_at_end) {
    tap.mtu = std::min(tap.mtu, longest_packet());
    auto device = TapDevice::open({tap.name, tap.mac, tap.mtu, is_removed_at_end});
    if (!device) return fail(device.error());
    device->set_carrier(tap.is_up);
    ends_.push_back({std::move(tap), std::move(*device)});
    return put_addresses(ends_.back());
}

Result<void> ExceptionPath::put_addresses(const End& end) {
    auto netlink = NetlinkSocket::open(NetlinkSocket::Groups::none, kNetlinkBuffer);
    if (!netlink) return fail(netlink.error());
    std::string addresses;
    for (const auto& address : end.what.addresses) {
        if (auto done = put_address(*netlink, end.device.index(), address); !done)
            return fail(done.error().within("tap '" + end.what.name + "'"));
        addresses += (addresses.empty() ? "" : ",") + address.to_string();
    }
    parts_.logger.info("control.tap", {{"name", end.what.name},
                                       {"device", int{end.what.device}},
                                       {"vlan", int{end.what.vlan}},
                                       {"mac", weir::to_string(end.what.mac)},
                                       {"mtu", int{end.what.mtu}},
                                       {"addresses", addresses.empty() ? "none" : addresses},
                                       {"found", end.device.was_there() ? "yes" : "no"}});
    return {};
}

void ExceptionPath::revive_taps() {
    for (auto& end : ends_) {
        if (!end.device.is_gone()) continue;
        auto done = end.device.revive();
        if (done) {
            end.device.set_carrier(end.what.is_up);
            done = put_addresses(end);
        }
        if (!done) parts_.logger.error("control.tap_lost", {{"reason", done.error().context}});
    }
}

void ExceptionPath::serve_in(ControlLoop& loop) {
    for (auto& end : ends_) {
        LoopWork work;
        work.fd = end.device.fd();
        work.ready = [this, &end] { take_from(end); };
        loop.add(std::move(work));
    }
    LoopWork rings;
    rings.fd = parts_.rings.wake_fd();
    rings.before_sleep = [this] { return parts_.rings.about_to_sleep(); };
    rings.turn = [this] {
        parts_.rings.awake();
        take_from_workers();
    };
    rings.period = kHostDropsReport;
    rings.every = [this](MonoTime) { report_drops(); };
    loop.add(std::move(rings));
    LoopWork taps;
    taps.period = kTapRetry;
    taps.every = [this](MonoTime) { revive_taps(); };
    loop.add(std::move(taps));
}

void ExceptionPath::set_link(const RealmLink& link) {
    for (auto& end : ends_) {
        const auto& realms = end.what.realms;
        if (std::find(realms.begin(), realms.end(), link.realm) == realms.end()) continue;
        // A device that is away has no address; what it had stays until it is back.
        const bool has_mac = link.own_mac != MacAddress{};
        Result<void> done;
        if (has_mac && link.own_mac != end.what.mac) done = end.device.set_mac(link.own_mac);
        if (done && has_mac) end.what.mac = link.own_mac;
        const std::uint16_t mtu = std::min(link.mtu, longest_packet());
        if (done && mtu != 0 && mtu != end.what.mtu) done = end.device.set_mtu(mtu);
        if (done && mtu != 0) end.what.mtu = mtu;
        if (link.is_up != end.what.is_up) end.device.set_carrier(link.is_up);
        end.what.is_up = link.is_up;
        if (!done) parts_.logger.error("control.tap_link", {{"reason", done.error().context}});
    }
}

void ExceptionPath::report_drops() {
    if (counters_.dropped() == reported_) return;
    reported_ = counters_.dropped();
    parts_.logger.warning("control.host_frames_dropped", {{"dropped", reported_},
                                                          {"unknown_vlan", counters_.unknown_vlan},
                                                          {"malformed", counters_.malformed},
                                                          {"tap_refused", counters_.tap_refused},
                                                          {"oversized", counters_.oversized},
                                                          {"no_buffer", counters_.no_buffer},
                                                          {"ring_full", counters_.ring_full},
                                                          {"to_host", counters_.to_host},
                                                          {"from_host", counters_.from_host}});
}

// The host's frames are read into packet buffers, with room for a tag; one byte stays free, for
// what fills a buffer to its end may have been cut off.
std::uint16_t ExceptionPath::longest_packet() const {
    const auto room = rte_pktmbuf_data_room_size(parts_.pool.raw()) - RTE_PKTMBUF_HEADROOM;
    return static_cast<std::uint16_t>(room - kEthernetHeader - kVlanTag - 1);
}

}  // namespace weir::dataplane
