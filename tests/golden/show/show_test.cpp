// SPDX-License-Identifier: Apache-2.0
// The `show` commands against text files: what an operator reads, letter by letter.
//
// After a wanted change: WEIR_GOLDEN_UPDATE=1 golden_show, and look at the difference.
#include <gtest/gtest.h>

#include "signaling/call/show_calls.hpp"
#include "signaling/call/show_dial_peers.hpp"
#include "signaling/call/show_rtp.hpp"
#include "tests/golden/show/golden_text.hpp"

namespace weir::signaling {
namespace {

using tests::at;
using tests::expect_golden;

TEST(Show, CallActiveVoiceCompactListsForkedLegsAsOriginated) {
    expect_golden("call_active_voice_compact.txt",
                  show_call_active_voice_compact(
                      {{140, true, std::chrono::seconds(644), "g711ulaw", false, "10000",
                        at("192.0.2.32:18638")},
                       {141, false, std::chrono::seconds(644), "g711ulaw", false, "708090",
                        at("192.0.2.189:26184")},
                       {145, false, std::chrono::seconds(643), "g711ulaw", false, "595959",
                        at("198.51.100.70:38526")},
                       {146, false, std::chrono::seconds(0), "", true, "+4930123456789", {}}}));
}

TEST(Show, CallActiveVoiceCompactWithoutCalls) {
    expect_golden("call_active_voice_compact_none.txt", show_call_active_voice_compact({}));
}

TEST(Show, VoipRtpConnections) {
    expect_golden("voip_rtp_connections.txt",
                  show_voip_rtp_connections({8000, 48198, 19999, 101, 2},
                                            {{1, 2, at("198.51.100.1:8000"), at("192.0.2.2:16390")},
                                             {2, 1, at("203.0.113.1:8002"), at("192.0.2.9:16398")},
                                             {3, 1, at("[2001:db8::1]:8004"), {}}}));
}

TEST(Show, VoipRtpConnectionsDetail) {
    expect_golden("voip_rtp_connections_detail.txt",
                  show_voip_rtp_connections({8000, 48198, 19999, 101, 2},
                                            {{1,
                                              2,
                                              at("198.51.100.1:8000"),
                                              at("192.0.2.2:16390"),
                                              {true, "6010", "7776"},
                                              {false, "16010", "7776"}},
                                             {0, 0, at("203.0.113.1:8002"), at("192.0.2.9:16398")}},
                                            true));
}

TEST(Show, VoipRtpForking) {
    expect_golden("voip_rtp_forking.txt",
                  show_voip_rtp_forking({{{{ForkStream::voice_nearend, at("198.51.100.70:38526"),
                                            18648, "g711ulaw", 0x53, 29687},
                                           {ForkStream::voice_farend, {}, 18650, "", 0x54, 0}}}}));
}

TEST(Show, DialPeerVoiceSummary) {
    config::Config config;
    const auto add = [&](std::uint32_t tag, auto change) {
        config::DialPeer peer;
        peer.tag = config::DialPeerTag{tag};
        peer.session_protocol_sip = true;
        change(peer);
        config.dial_peers[peer.tag] = peer;
    };
    const auto address = [](const char* text) {
        config::SessionTarget target;
        const Endpoint endpoint = at(text);
        target.kind = config::SessionTarget::Kind::address;
        target.address = endpoint.address;
        target.port = endpoint.port;
        return target;
    };
    add(1, [](config::DialPeer& peer) { peer.incoming_called_number = "."; });
    add(777, [&](config::DialPeer& peer) {
        peer.destination_pattern = "9...";
        peer.target = address("192.0.2.2");
        peer.preference = 3;
    });
    add(555, [](config::DialPeer& peer) { peer.destination_pattern = "555"; });
    add(888, [](config::DialPeer& peer) {
        peer.type = config::DialPeer::Type::pots;
        peer.destination_pattern = "888";
        peer.port = "0/2/0";
        peer.prefix = "00";
    });
    add(889, [](config::DialPeer& peer) {
        peer.destination_pattern = "889";
        peer.server_group = 91;
        peer.shutdown = true;
    });
    add(3927582, [&](config::DialPeer& peer) {
        peer.destination_pattern = "+4930T";
        peer.target = address("[2001:db8::9]:5070");
    });
    expect_golden("dial_peer_voice_summary.txt", show_dial_peer_voice_summary(config));
}

}  // namespace
}  // namespace weir::signaling
