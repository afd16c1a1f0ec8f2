// SPDX-License-Identifier: Apache-2.0
// RFC 3261 17.2: server transactions over UDP and TCP, timers G, H, I and J. They are sofia's, so a
// real socket of the loopback stands on one side, but its clock is ours: sofia asks a hook for the
// time, and the hook tells the time that the test has reached. (Over TLS they are ours:
// tests/unit/signaling/tls/server_transactions_test.cpp.)
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sofia-sip/su_time.h>

#include "tests/support/recording_events.hpp"
#include "tests/support/wire_client.hpp"

// Exported by libsofia-sip, declared in no header of it.
extern "C" void (*_su_time)(su_time_t* time);

namespace weir::signaling {
namespace {

using tests::RecordingEvents;
using tests::StackUnderTest;
using tests::WireClient;
using Times = std::vector<int>;

// sofia's hook has no context to carry, hence the one variable behind it.
std::uint64_t& virtual_ms() {
    static std::uint64_t ms = 0;
    return ms;
}

void tell_virtual_time(su_time_t* time) {
    constexpr unsigned long kFarFromZero = 1'000'000'000;
    time->tv_sec = kFarFromZero + static_cast<unsigned long>(virtual_ms() / 1000);
    time->tv_usec = static_cast<unsigned long>(virtual_ms() % 1000 * 1000);
}

class Rfc3261Section172 : public testing::TestWithParam<SipTransport> {
protected:
    Rfc3261Section172() {
        virtual_ms() = 0;
        _su_time = tell_virtual_time;  // SofiaLoop has set its own a moment ago
        under_test.stack().set_events(events);
    }
    std::string request(const std::string& method, const std::string& to_tag = "") {
        const std::string transport = GetParam() == SipTransport::udp ? "UDP" : "TCP";
        return method + " sip:1000@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/" + transport +
               " 127.0.0.1:" + std::to_string(client.port()) +
               ";branch=z9hG4bK1\r\nMax-Forwards: 70\r\nFrom: <sip:a@127.0.0.1>;tag=from\r\n"
               "To: <sip:1000@127.0.0.1>" +
               to_tag + "\r\nCall-ID: call-1\r\nCSeq: 101 " + method +
               "\r\nContent-Length: 0\r\n\r\n";
    }
    // Enough turns for what lies in sockets and for timers that are due.
    void settle() {
        for (int i = 0; i < 3; ++i)
            under_test.loop().run_for(std::chrono::milliseconds(1));
        client.received() += client.receive();
    }
    // What comes to the client within `ms` of virtual time, as the times of status lines `status`.
    Times heard_within(int ms, const std::string& status) {
        constexpr int kStep = 250;
        Times times;
        for (int at = kStep; at <= ms; at += kStep) {
            virtual_ms() += kStep;
            settle();
            for (std::size_t found = client.received().find("SIP/2.0 " + status);
                 found != std::string::npos;
                 found = client.received().find("SIP/2.0 " + status, found + 1))
                times.push_back(at);
            client.received().clear();
        }
        return times;
    }
    const IncomingRequest& arrive(const std::string& method) {
        const std::size_t before = events.requests.size();
        client.send(request(method));
        EXPECT_TRUE(under_test.run_until([&] { return events.requests.size() > before; }));
        return events.requests.back();
    }
    // The final response is on its way, and has come.
    void refuse(const IncomingRequest& to, int status) {
        under_test.stack().respond(to.txn, make_response(to.message, status, "", "us"));
        EXPECT_TRUE(client.expect(under_test, "SIP/2.0 " + std::to_string(status)));
        client.received().clear();
    }
    bool is_udp() const { return GetParam() == SipTransport::udp; }

    RecordingEvents events;
    StackUnderTest under_test;  // T1 500 ms, T2 4 s, T4 5 s
    WireClient client{GetParam(), under_test.address(GetParam())};
};

// 17.2.1: "if a request retransmission is received while in the Proceeding state, the most recent
// provisional response ... MUST be passed to the transport layer"; the program hears of one
// request.
TEST_P(Rfc3261Section172, RetransmittedInviteGetsTheLatestProvisionalResponse) {
    const auto& invite = arrive("INVITE");
    under_test.stack().respond(invite.txn, make_response(invite.message, 180, "", "us"));
    ASSERT_TRUE(client.expect(under_test, "SIP/2.0 180"));
    client.received().clear();
    client.send(request("INVITE"));
    EXPECT_TRUE(client.expect(under_test, "SIP/2.0 180"));
    EXPECT_EQ(events.requests.size(), 1U);
}

// Timer G: T1, doubling up to T2, over unreliable transports only; timer H ends it at 64*T1.
TEST_P(Rfc3261Section172, RefusalIsRepeatedByTimerGUntilTimerH) {
    refuse(arrive("INVITE"), 486);
    const Times expected =
        is_udp() ? Times{500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500} : Times{};
    EXPECT_EQ(heard_within(40'000, "486"), expected);
}

// "If an ACK is received while the server transaction is in the Completed state, the server
// transaction MUST transition to the Confirmed state": no more retransmissions.
TEST_P(Rfc3261Section172, AckEndsTheRepetition) {
    refuse(arrive("INVITE"), 486);
    const Times first = heard_within(1'000, "486");
    EXPECT_EQ(first, is_udp() ? Times{500} : Times{});
    client.send(request("ACK", ";tag=us"));
    settle();
    EXPECT_EQ(heard_within(33'000, "486"), Times{});
    EXPECT_TRUE(events.acks.empty()) << "it is the transaction's, not the call's";
}

// Timer I: further ACKs are absorbed; the program hears of none.
TEST_P(Rfc3261Section172, FurtherAcksAreAbsorbed) {
    refuse(arrive("INVITE"), 486);
    for (int i = 0; i < 3; ++i) {
        client.send(request("ACK", ";tag=us"));
        settle();
    }
    EXPECT_TRUE(events.acks.empty());
    EXPECT_EQ(events.requests.size(), 1U);
}

// Timer H has ended it: the same bytes are a new request (it is "destroyed", 17.2.1).
TEST_P(Rfc3261Section172, BehindTimerHTheInviteIsANewOne) {
    refuse(arrive("INVITE"), 486);
    (void)heard_within(40'000, "486");
    client.send(request("INVITE"));
    EXPECT_TRUE(under_test.run_until([&] { return events.requests.size() == 2; }));
}

// 17.2.2: in Completed "the server transaction MUST pass the final response to the transport layer
// for retransmission whenever a retransmission of the request is received"; nothing of its own.
// Timer J is zero over a stream: there the next test is all that can be asked.
class Rfc3261Section172Datagrams : public Rfc3261Section172 {};

TEST_P(Rfc3261Section172Datagrams, FinalResponseOfOtherMethodsIsRepeatedWhenAsked) {
    refuse(arrive("OPTIONS"), 404);
    EXPECT_EQ(heard_within(10'000, "404"), Times{});
    client.send(request("OPTIONS"));
    EXPECT_TRUE(client.expect(under_test, "SIP/2.0 404"));
    EXPECT_EQ(events.requests.size(), 1U);
}

// Timer J: 64*T1; behind it the same bytes are a new request.
TEST_P(Rfc3261Section172, BehindTimerJTheRequestIsANewOne) {
    refuse(arrive("OPTIONS"), 404);
    (void)heard_within(34'000, "404");
    client.send(request("OPTIONS"));
    EXPECT_TRUE(under_test.run_until([&] { return events.requests.size() == 2; }));
}

// 17.2.3: the CANCEL of an INVITE matches it by its branch, and is a transaction of its own.
TEST_P(Rfc3261Section172, CancelMatchesItsInvite) {
    const ServerTxn invite = arrive("INVITE").txn;
    client.send(request("CANCEL"));
    ASSERT_TRUE(under_test.run_until([&] { return events.cancels.size() == 1; }));
    EXPECT_EQ(events.cancels[0].first, invite);
    EXPECT_TRUE(client.expect(under_test, "CSeq: 101 CANCEL"));
}

INSTANTIATE_TEST_SUITE_P(Over, Rfc3261Section172,
                         testing::Values(SipTransport::udp, SipTransport::tcp),
                         [](const auto& over) { return std::string(to_string(over.param)); });
INSTANTIATE_TEST_SUITE_P(Over, Rfc3261Section172Datagrams, testing::Values(SipTransport::udp),
                         [](const auto& over) { return std::string(to_string(over.param)); });

}  // namespace
}  // namespace weir::signaling
