// SPDX-License-Identifier: Apache-2.0
// What a trace says of each step: sentences that an operator understands without our source.
#include "signaling/trace/describe.hpp"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace weir::signaling {
namespace {

TEST(Describe, EveryTimerHasAnotherName) {
    std::set<std::string> seen;
    for (int timer = 0; timer < static_cast<int>(CallTimer::count_); ++timer) {
        const std::string words = describe(CallInput(TimerFired{static_cast<CallTimer>(timer)}));
        EXPECT_EQ(words.find("unknown"), std::string::npos) << timer;
        EXPECT_TRUE(seen.insert(words).second) << words;
    }
}

TEST(Describe, RoutesOfATransferAreNamed) {
    RoutesFound found;
    found.routes.resize(2);
    found.routes[0].party.dial_peer = config::DialPeerTag{30};
    EXPECT_EQ(describe(CallInput(found)), "2 routes found, the first by dial-peer 30");
    EXPECT_EQ(describe(CallInput(RoutesFound{{}, Refusal{404, 1, {}}})), "no route: 404, cause 1");
    FindRoutes query;
    query.uri = "sip:300@192.0.2.1";
    query.from = Side::b;
    EXPECT_EQ(describe(CallAction(query)),
              "looks for routes to sip:300@192.0.2.1 in the name of the callee");
}

TEST(Describe, AReplacementSaysWhoTakesWhosePlace) {
    ReplacementReceived event;
    event.side = Side::b;
    event.setup.caller.number = "500";
    event.setup.invite.message.method = "INVITE";
    event.setup.invite.message.request_uri = "sip:200@192.0.2.1";
    EXPECT_EQ(describe(CallInput(event)),
              "INVITE sip:200@192.0.2.1: 500 takes the place of the callee");
}

TEST(Describe, ReliableResponsesSayWhatIsOwed) {
    const auto words = [](Reliable1xxEvent event) {
        return describe(CallAction(CountReliable{event, config::DialPeerTag{20}}));
    };
    EXPECT_EQ(words(Reliable1xxEvent::sent),
              "100rel of dial-peer 20: a reliable response goes out");
    EXPECT_EQ(words(Reliable1xxEvent::given_up), "100rel of dial-peer 20: no PRACK came in time");
}

TEST(Describe, TheProgressOfATransferIsRead) {
    SipMessage notify;
    notify.method = "NOTIFY";
    notify.request_uri = "sip:200@192.0.2.20";
    notify.add("Content-Type", "message/sipfrag;version=2.0");
    notify.body = "SIP/2.0 183 Session Progress\r\n";
    EXPECT_EQ(describe(notify), "NOTIFY sip:200@192.0.2.20 (SIP/2.0 183 Session Progress)");
}

}  // namespace
}  // namespace weir::signaling
