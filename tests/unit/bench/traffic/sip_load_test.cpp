// SPDX-License-Identifier: Apache-2.0
// The generator of calls, its callers beside its callees without a server: it must count what
// happened, and nothing else.
#include "bench/traffic/sip_load.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace weir::bench {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kSecond = 1000 * kMillisecond;

SipLoadOptions options(std::uint32_t calls, std::int64_t hold_ns = 0) {
    SipLoadOptions made;
    made.place.target = *Endpoint::parse("192.0.2.1:5060", 5060);
    made.place.uac = *Endpoint::parse("192.0.2.2:5060", 5060);
    made.place.uas = *Endpoint::parse("[2001:db8::3]:5060", 5060);
    made.rate = 100;
    made.calls = calls;
    made.hold_ns = hold_ns;
    return made;
}

// A wire of a millisecond between the two parties, in virtual time.
class Wire {
public:
    using Filter = std::function<bool(SipLoad::Party, const std::string&)>;  // false: it is lost

    explicit Wire(const SipLoadOptions& how)
        : load(how, [this](SipLoad::Party from, const std::string& text) {
              if (passes && !passes(from, text)) return;
              const std::int64_t sent = from == SipLoad::Party::callee ? now + callee_takes : now;
              queue_.emplace(sent + kMillisecond, Datagram{from, text});
          }) {}

    void run_until(std::int64_t end) {
        for (; now < end && !load.is_over(); now += kMillisecond) {
            while (load.wants_call(now))
                load.begin_call(now);
            while (!queue_.empty() && queue_.begin()->first <= now) {
                const Datagram datagram = queue_.extract(queue_.begin()).mapped();
                if (datagram.from == SipLoad::Party::caller)
                    load.on_callee(datagram.text, now, now + callee_takes);
                else
                    load.on_caller(datagram.text, now, now);
            }
            load.tick(now);
        }
    }

    Filter passes;
    std::int64_t now = 50 * kSecond;
    std::int64_t callee_takes = 0;
    SipLoad load;

private:
    struct Datagram {
        SipLoad::Party from = SipLoad::Party::caller;
        std::string text;
    };
    std::multimap<std::int64_t, Datagram> queue_;  // by arrival
};

TEST(SipLoad, EveryCallIsOfferedAnsweredAndCompletedOnce) {
    Wire wire(options(250));
    wire.run_until(100 * kSecond);
    const SipLoadSecond sum = wire.load.total();
    EXPECT_TRUE(wire.load.is_over());
    EXPECT_EQ(sum.offered, 250U);
    EXPECT_EQ(sum.answered, 250U);
    EXPECT_EQ(sum.completed, 250U);
    EXPECT_EQ(sum.failed + sum.refused + sum.repeated, 0U);
}

TEST(SipLoad, TheRateIsKeptSecondBySecond) {
    Wire wire(options(250));
    wire.run_until(100 * kSecond);
    ASSERT_GE(wire.load.seconds().size(), 3U);
    EXPECT_EQ(wire.load.seconds()[0].offered, 100U);
    EXPECT_EQ(wire.load.seconds()[1].offered, 100U);
    EXPECT_EQ(wire.load.seconds()[2].offered, 50U);
    EXPECT_LE(wire.load.latest_begin(), kMillisecond);
}

TEST(SipLoad, WhatTheCalleeTakesIsNotTheServers) {
    Wire wire(options(50));
    wire.callee_takes = 7 * kMillisecond;
    wire.run_until(100 * kSecond);
    EXPECT_EQ(wire.load.ringing().total(), 50U);
    EXPECT_EQ(wire.load.ringing().largest(), std::uint64_t{9 * kMillisecond});
    EXPECT_EQ(wire.load.between().total(), 50U);
    EXPECT_EQ(wire.load.between().largest(), std::uint64_t{2 * kMillisecond});
}

TEST(SipLoad, AHeldCallEndsAfterItsTime) {
    Wire wire(options(1, 5 * kSecond));
    wire.run_until(54 * kSecond);
    EXPECT_EQ(wire.load.total().answered, 1U);
    EXPECT_EQ(wire.load.total().completed, 0U);
    wire.run_until(56 * kSecond);
    EXPECT_EQ(wire.load.total().completed, 1U);
}

TEST(SipLoad, WhatIsLostIsSentAgain) {
    Wire wire(options(40));
    int number = 0;
    wire.passes = [&number](SipLoad::Party, const std::string&) { return ++number % 5 != 0; };
    wire.run_until(150 * kSecond);
    EXPECT_TRUE(wire.load.is_over());
    EXPECT_EQ(wire.load.total().completed, 40U);
    EXPECT_GT(wire.load.total().repeated, 0U);
}

TEST(SipLoad, SilenceFailsACallAfterItsPatience) {
    Wire wire(options(1));
    wire.passes = [](SipLoad::Party, const std::string&) { return false; };
    wire.run_until(81 * kSecond);
    EXPECT_EQ(wire.load.total().failed, 0U);
    wire.run_until(100 * kSecond);
    EXPECT_EQ(wire.load.total().failed, 1U);
    EXPECT_TRUE(wire.load.is_over());
}

TEST(SipLoad, A503IsARefusalAndIsAcknowledgedOnTheInvitesBranch) {
    std::vector<std::string> sent;
    SipLoad load(options(1),
                 [&sent](SipLoad::Party, const std::string& text) { sent.push_back(text); });
    load.begin_call(kSecond);
    const SipLoadText text(options(1).place);
    load.on_caller(text.response(read_sip(sent.at(0)), "503 Service Unavailable"), kSecond,
                   kSecond);
    EXPECT_EQ(load.total().refused, 1U);
    EXPECT_TRUE(load.is_over());
    ASSERT_EQ(sent.size(), 2U);
    EXPECT_TRUE(sent[1].starts_with("ACK sip:90000000@192.0.2.1:5060 "));
    EXPECT_EQ(read_sip(sent[1]).via, read_sip(sent[0]).via);
}

TEST(SipLoad, ACallThatTheServerEndsHasFailed) {
    std::vector<std::string> sent;
    SipLoad load(options(1, kSecond),
                 [&sent](SipLoad::Party, const std::string& text) { sent.push_back(text); });
    load.begin_call(kSecond);
    const SipLoadText text(options(1).place);
    load.on_caller(text.response(read_sip(sent.at(0)), "200 OK", 0), kSecond, kSecond);
    load.on_caller("BYE sip:1000@192.0.2.2 SIP/2.0\r\nCall-ID: load1-0\r\nCSeq: 7 BYE\r\n\r\n",
                   kSecond, kSecond);
    EXPECT_EQ(load.total().failed, 1U);
    EXPECT_TRUE(sent.back().starts_with("SIP/2.0 200 OK"));
}

TEST(SipLoadText, AProxyThatRecordsItsRouteStaysInTheWay) {
    const SipLoadText text(options(1).place);
    SipLoadText::Dialog dialog = SipLoadText::dialog_of(
        read_sip("SIP/2.0 200 OK\r\nVia: x\r\nRecord-Route: <sip:192.0.2.9;lr>\r\nTo: <sip:b>;tag=1"
                 "\r\nContact: <sip:c@192.0.2.3>\r\n\r\n"));
    EXPECT_EQ(dialog.route, "Route: <sip:192.0.2.9;lr>\r\n");
    const std::string bye = text.bye(0, dialog);
    EXPECT_TRUE(bye.starts_with("BYE sip:c@192.0.2.3 SIP/2.0\r\n"));
    EXPECT_NE(bye.find("\r\nRoute: <sip:192.0.2.9;lr>\r\n"), std::string::npos);
}

}  // namespace
}  // namespace weir::bench
