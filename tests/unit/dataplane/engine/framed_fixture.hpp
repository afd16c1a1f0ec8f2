// SPDX-License-Identifier: Apache-2.0
// A worker on framed devices: the fake network carries Ethernet frames, three realms, next hops.
#pragma once

#include <string>
#include <vector>

#include "tests/unit/dataplane/engine/frames.hpp"
#include "tests/unit/dataplane/engine/harness.hpp"

namespace weir::dataplane::tests {

inline constexpr MacAddress kOwnMac{2, 0, 0, 0, 0, 1};
inline constexpr HopIndex kCallerHop = 1;
inline constexpr HopIndex kCalleeHop = 2;
inline constexpr HopIndex kRecorderHop = 3;
inline constexpr HopIndex kUnresolvedHop = 4;

inline MacAddress mac_of(HopIndex hop) {
    return {2, 0, 0, 0, 1, static_cast<std::uint8_t>(hop)};
}

// Realm 0: IPv4; 1: IPv6; 2: IPv4 in VLAN 7.
class FramedEngine : public Engine {
protected:
    FramedEngine() {
        stop();
        form = Framing::ethernet;
        options.realms = 3;
        options.owners = &owners;
        options.hops = &hops;
        options.frames.realms = {
            {.address = ip("192.0.2.100"), .own_mac = kOwnMac},
            {.address = ip("2001:db8::100"), .own_mac = kOwnMac},
            {.address = ip("198.51.100.7"), .own_mac = kOwnMac, .vlan = 7},
        };
        owners.set_range(8000, 8999);
        for (const HopIndex hop : {kCallerHop, kCalleeHop, kRecorderHop})
            hops.set(hop, mac_of(hop));
        start();
        free_at_start = pool->available();
    }

    struct Party {
        Endpoint address;
        RealmIndex realm = 0;
        HopIndex hop = kNoHop;
        std::uint16_t our_port = 0;
    };
    Endpoint ours(const Party& party) const {
        return {options.frames.realms[party.realm].address, 0, party.our_port};
    }
    // One session between two parties; side a is the caller.
    void open_between(const Party& a, const Party& b) {
        lay_out(true);
        const Party* parties[] = {&a, &b};
        for (std::size_t side = 0; side < 2; ++side) {
            DirectionSlot& from = slot().streams[0].from[side];
            from.local_rtp = ours(*parties[side]);
            from.realm = parties[side]->realm;
            for (unsigned port = 0; port < 2; ++port)
                owners.set({static_cast<std::uint16_t>(parties[side]->our_port + port),
                            parties[side]->realm, 0},
                           0);
        }
        send(to_worker::Install{.session = kSession});
        for (std::size_t side = 0; side < 2; ++side)
            send(to_worker::SetRemote{.session = kSession,
                                      .side = static_cast<Side>(side),
                                      .rtp = parties[side]->address,
                                      .rtcp = next_port(parties[side]->address),
                                      .rtp_hop = parties[side]->hop,
                                      .rtcp_hop = parties[side]->hop});
        turn();
        caller = a;
        callee = b;
    }
    void open_plain() {
        open_between({kCaller, 0, kCallerHop, 8000}, {kCallee, 0, kCalleeHop, 8002});
    }
    void start_framed_fork(HopIndex rtp_hop, HopIndex rtcp_hop) {
        owners.set(kForkPort, 0);
        arm(0, now.ns);
        send(to_worker::StartFork{.fork = kFork,
                                  .rtp = kRecorder,
                                  .rtcp = kRecorderRtcp,
                                  .rtp_hop = rtp_hop,
                                  .rtcp_hop = rtcp_hop});
        turn();
    }

    // A successor adopts the session and its first fork.
    void restart() {
        stop();
        start();
        send(to_worker::Install{.session = kSession, .adopt = 1, .forks = 1});
        turn();
        io->sent.clear();
    }

    FrameSpec spec_from(const Party& party, Bytes payload) const {
        FrameSpec spec{.from = party.address, .to = ours(party), .payload = std::move(payload)};
        const std::uint16_t vlan = options.frames.realms[party.realm].vlan;
        if (vlan != 0) spec.tags = {vlan};
        return spec;
    }
    void receive(const Bytes& frame) {
        io->arriving.push_back({.bytes = frame, .peer = {}, .local = {}});
    }
    void caller_sends_frame(std::uint16_t sequence, FrameSpec::Sum sum = FrameSpec::Sum::whole) {
        FrameSpec spec = spec_from(caller, rtp(sequence));
        spec.sum = sum;
        receive(frame_of(spec));
    }
    std::uint64_t dropped(Verdict verdict) const {
        return shared->counters(0).drops[static_cast<std::size_t>(verdict)].load();
    }
    std::uint64_t copy_dropped(Verdict verdict) const {
        return shared->counters(0).copy_drops[static_cast<std::size_t>(verdict)].load();
    }
    WorkerCounters& counters() { return shared->counters(0); }

    // The datagram of a frame that we sent, read as its receiver would: VLAN and checksums too.
    struct Read {
        bool is_good = false;
        MacAddress to_mac{};
        MacAddress from_mac{};
        Endpoint from;
        Bytes payload;
    };
    static Read read_sent(const Bytes& frame, const Endpoint& receiver, std::uint16_t vlan = 0) {
        FrameOptions there;
        there.realms.push_back({.address = receiver.address, .own_mac = {}, .vlan = vlan});
        const Framer framer(there);
        PortOwners everything(1);
        everything.set_range(0, 65535);
        Read read;
        LocalPort local;
        FramedDatagram found{read.from, local};
        const auto outcome =
            parse_frame({frame, frame.size(), 0, false}, framer, everything, found);
        if (outcome.kind != FrameKind::media || local.port != receiver.port) return read;
        const auto begin = frame.begin() + found.payload_offset;
        read.payload.assign(begin, begin + found.payload_bytes);
        std::copy_n(frame.begin(), 6, read.to_mac.begin());
        std::copy_n(frame.begin() + 6, 6, read.from_mac.begin());
        const auto at = found.payload_offset - 2;
        const bool none = frame[static_cast<std::size_t>(at)] == 0 &&
                          frame[static_cast<std::size_t>(at) + 1] == 0;
        // Whole, not merely tolerable: what we write goes to real devices.
        read.is_good =
            !none && is_whole(frame, found.payload_offset - sizeof(UdpWire), receiver.address);
        return read;
    }
    static bool is_whole(const Bytes& frame, std::size_t udp, const IpAddress& receiver) {
        const std::size_t pair = receiver.family == Family::v6 ? 32 : 8;
        const Bytes checked(frame.begin() + static_cast<std::ptrdiff_t>(udp - pair), frame.end());
        return sum16(checked, static_cast<std::uint32_t>(17 + frame.size() - udp)) == 0xFFFF;
    }
    void expect_no_leak() {
        stop();
        EXPECT_EQ(pool->available(), free_at_start);
    }

    PortOwners owners{3};
    NextHops hops{16};
    Party caller;
    Party callee;
    std::uint32_t free_at_start = 0;
};

}  // namespace weir::dataplane::tests
