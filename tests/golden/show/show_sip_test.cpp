// SPDX-License-Identifier: Apache-2.0
// Tables of the SIP side and of dial-peers' calls (spec H.3, H.6), letter by letter.
#include "signaling/show/cause_text.hpp"
#include "signaling/show/show_peer_counters.hpp"
#include "signaling/show/show_sip_connections.hpp"
#include "signaling/show/show_sip_statistics.hpp"
#include "signaling/show/show_sip_status.hpp"
#include "tests/golden/show/golden_text.hpp"

namespace weir::signaling {
namespace {

using tests::at;
using tests::expect_golden;

SipMessage request(const char* method) {
    SipMessage message;
    message.method = method;
    return message;
}

SipMessage response(int status, const char* method) {
    SipMessage message;
    message.is_request = false;
    message.status = status;
    message.add("CSeq", std::string("1 ") + method);
    return message;
}

// An answered call and one that was busy.
SipCounts counts() {
    SipCounts counts;
    for (const char* method : {"INVITE", "INVITE", "ACK", "BYE"})
        counts.sip.received.count(request(method));
    for (const char* method : {"INVITE", "INVITE", "PRACK", "ACK"})
        counts.sip.sent.count(request(method));
    for (const int status : {100, 183, 200})
        counts.sip.received.count(response(status, "INVITE"));
    counts.sip.received.count(response(486, "INVITE"));
    counts.sip.sent.count(response(200, "BYE"));
    counts.sip.sent.count(response(422, "INVITE"));
    counts.sip.retransmitted_by_method[method_index("INVITE")] = 3;
    counts.sip.request_timeouts = 1;
    counts.reliable.repeated = 2;
    return counts;
}

TEST(ShowSip, Statistics) {
    expect_golden("sip_ua_statistics.txt", show_sip_ua_statistics(counts(), std::nullopt));
    expect_golden("sip_ua_statistics.json", sip_ua_statistics_json(counts(), std::nullopt));
}

TEST(ShowSip, ClearedStatisticsBeginAnewAndSayWhen) {
    ClearedCounts cleared;
    SipCounts now = counts();
    cleared.clear(now, WallTime{1'424'044'643'929'000'000});
    now.sip.received.count(request("OPTIONS"));
    expect_golden("sip_ua_statistics_cleared.txt",
                  show_sip_ua_statistics(cleared.since(now), cleared.at()));
}

TEST(ShowSip, ConnectionsOfTls) {
    ConnectionTableView view;
    view.transport = SipTransport::tls;
    view.rows = {{7, at("198.51.100.1:5061"), at("192.0.2.20:40000"), true, 0,
                  "TLSv1.3 TLS_AES_256_GCM_SHA384"},
                 {9, at("198.51.100.1:38000"), at("192.0.2.20:5061"), false, 512, ""},
                 {8, at("198.51.100.1:5061"), at("192.0.2.30:40001"), true, 0,
                  "TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256"}};
    view.listeners = {at("198.51.100.1:5061")};
    view.handshake_failures = 2;
    view.connection_failures = 2;
    view.aged = 1;
    expect_golden("sip_ua_connections_tls_detail.txt", show_sip_ua_connections(view, true));
    expect_golden("sip_ua_connections_tls_brief.txt", show_sip_ua_connections(view, false));
    expect_golden("sip_ua_connections_tls.json", sip_ua_connections_json(view));
}

TEST(ShowSip, AConnectionHasTheTenantByWhoseListenPortItCame) {
    config::Config config;
    config.interfaces["Gi0"].addresses = {Prefix::parse("198.51.100.1/24").value()};
    config.tenants[40].sip.bind.control = "Gi0";
    config.tenants[40].sip.listen_port = 5071;
    ConnectionTableView view;
    view.transport = SipTransport::tcp;
    view.rows = {{7, at("198.51.100.1:5071"), at("192.0.2.20:40000")},
                 {8, at("198.51.100.1:5060"), at("192.0.2.20:40001")},
                 {9, at("198.51.100.1:38000"), at("192.0.2.20:5071")}};
    view.listeners = {at("198.51.100.1:5060"), at("198.51.100.1:5071")};
    view.arrivals = dialplan::Arrivals(config);
    expect_golden("sip_ua_connections_tenant.txt", show_sip_ua_connections(view, true));
    EXPECT_EQ(view.tenant_of(at("198.51.100.1:5071")), 40U);
    view.transport = SipTransport::tls;
    EXPECT_EQ(view.tenant_of(at("198.51.100.1:5071")), 0U) << "the port is that of TCP";
}

TEST(ShowSip, ConnectionsOfUdpAreItsSockets) {
    ConnectionTableView view;
    view.transport = SipTransport::udp;
    view.listeners = {at("198.51.100.1:5060"), at("[2001:db8::1]:5060")};
    expect_golden("sip_ua_connections_udp.txt", show_sip_ua_connections(view, true));
}

TEST(ShowSip, Status) {
    config::Config config;
    config.voice.sip.bind.control = "GigabitEthernet0";
    const Listeners listeners{{SipTransport::udp, at("198.51.100.1:5060")},
                              {SipTransport::tcp, at("198.51.100.1:5060")}};
    expect_golden("sip_ua_status.txt", show_sip_ua_status(config, listeners));
    expect_golden("sip_ua_status.json", sip_ua_status_json(config, listeners));
}

TEST(ShowSip, PeerCountersBeforeTheFirstCallAndAfterSome) {
    expect_golden("dial_peer_counters_none.txt", show_peer_counters({}, MonoTime{}, MonoTime{}));
    PeerCounters counters;
    counters.connect_time = std::chrono::milliseconds(125'340);
    counters.successful = 3;
    counters.failed = 2;
    counters.incomplete = 1;
    counters.accepted = 5;
    counters.refused = 1;
    counters.last_cause = 16;
    counters.last_setup = MonoTime{200'000'000'000};
    counters.last_disconnect = MonoTime{210'000'000'000};
    counters.cleared = MonoTime{100'000'000'000};
    expect_golden("dial_peer_counters.txt", show_peer_counters(counters, MonoTime{50'000'000'000},
                                                               MonoTime{220'000'000'000}));
}

TEST(ShowSip, BusyTriggerCounter) {
    expect_golden("busy_trigger_counter.txt",
                  show_busy_trigger({{config::DialPeerTag{100}, 3, std::nullopt},
                                     {config::DialPeerTag{200}, 2, 2},
                                     {config::DialPeerTag{201}, 0, 10}}));
}

TEST(ShowSip, CausesHaveTheNamesOfTheRouter) {
    EXPECT_EQ(cause_text(16), "normal call clearing (16)");
    EXPECT_EQ(cause_text(102), "recovery on timer expiry (102)");
    EXPECT_EQ(cause_text(77), "cause 77 (77)");
    EXPECT_EQ(cause_text(0), "");
}

}  // namespace
}  // namespace weir::signaling
