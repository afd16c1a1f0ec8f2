// SPDX-License-Identifier: Apache-2.0
// RFC 3263 4.3: what a failure of one address means to a call whose trunk is a name with several.
#include "tests/conformance/rfc3263/dns_bench.hpp"
#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::signaling {
namespace {

using tests::sdp;

class Rfc3263Section43 : public tests::CallBench {
protected:
    Rfc3263Section43() {
        auto& trunk = config.dial_peers[config::DialPeerTag{20}];
        trunk.target = {};
        trunk.target.kind = config::SessionTarget::Kind::dns;
        trunk.target.host = "trunk.example";
        trunk.huntstop = true;
        dns.dns.service("_sip._udp.trunk.example", {1, 0, 5060, "a.example"});
        dns.dns.service("_sip._udp.trunk.example", {2, 0, 5070, "b.example"});
        dns.dns.host("a.example", "192.0.2.1");
        dns.dns.host("b.example", "192.0.2.2");
        (void)dns.way({"trunk.example", 0, std::nullopt});
        stack.set_events(named);
        media.add_listener(named);
        auto plan = dialplan::DialPlan::compile(std::make_shared<const config::Config>(config));
        named.set_config(*plan);
    }
    NetworkKnowledge knowledge() {
        NetworkKnowledge made;
        made.locate = [this](const HopQuery& query) {
            std::vector<Hop> hops;
            for (const DnsHop& hop : dns.locator.locate({query.host, query.port, query.transport}))
                hops.push_back({hop.transport, hop.endpoint, query.host});
            return hops;
        };
        return made;
    }
    std::vector<std::string> tried() const {
        std::vector<std::string> all;
        for (const auto& sent : stack.sent_with("INVITE"))
            all.push_back(sent.request.path.remote.to_string());
        return all;
    }

    tests::DnsBench dns;
    CallTable named{{loop, stack, media, cdr, random, logger}, knowledge()};
};

// "the client ... tries the first address"; the answer of whoever answers is the answer.
TEST_F(Rfc3263Section43, BestAddressIsTriedFirst) {
    const auto txn = call();
    answer(invite_out(), 486);
    EXPECT_EQ(tried(), std::vector<std::string>{"192.0.2.1:5060"});
    EXPECT_EQ(last_answer(txn).status, 486);
}

// "a failure occurs if the transaction layer reports a 503 error response or a transport failure of
// some sort ... or times out": "the client SHOULD create a new request, which is identical to the
// previous, but has a different value of the Via branch ID", to the next element.
TEST_F(Rfc3263Section43, UnavailableAddressIsFollowedByTheNext) {
    const auto txn = call();
    answer(invite_out(), 503);
    ASSERT_EQ(tried(), (std::vector<std::string>{"192.0.2.1:5060", "192.0.2.2:5070"}));
    const auto streams = [](const std::string& body) { return body.substr(body.find("m=")); };
    EXPECT_EQ(streams(invite_out(1).request.message.body),
              streams(invite_out(0).request.message.body));
    answer(invite_out(1), 200, sdp("192.0.2.2", 5000));
    EXPECT_EQ(last_answer(txn).status, 200);
}

TEST_F(Rfc3263Section43, SilentAddressIsFollowedByTheNext) {
    const auto txn = call();
    stack.events().on_failure(invite_out().txn, TxnFailure::timeout);
    ASSERT_EQ(tried(), (std::vector<std::string>{"192.0.2.1:5060", "192.0.2.2:5070"}));
    answer(invite_out(1), 200, sdp("192.0.2.2", 5000));
    EXPECT_EQ(last_answer(txn).status, 200);
}

TEST_F(Rfc3263Section43, BrokenTransportIsFollowedByTheNextAddress) {
    const auto txn = call();
    stack.events().on_failure(invite_out().txn, TxnFailure::transport);
    ASSERT_EQ(tried(), (std::vector<std::string>{"192.0.2.1:5060", "192.0.2.2:5070"}));
    answer(invite_out(1), 200, sdp("192.0.2.2", 5000));
    EXPECT_EQ(last_answer(txn).status, 200);
}

// "If no response ... after all": when every address has failed, so has the attempt.
TEST_F(Rfc3263Section43, AttemptFailsWhenAllAddressesHave) {
    const auto txn = call();
    answer(invite_out(0), 503);
    answer(invite_out(1), 503);
    EXPECT_EQ(tried().size(), 2U);
    EXPECT_EQ(last_answer(txn).status, 503);
}

// Any other response is the answer of the domain: no second address hears of the call.
TEST_F(Rfc3263Section43, OtherResponsesAreFinal) {
    for (const int status : {404, 480, 500, 603}) {
        auto message = invite();
        message.set("Call-ID", std::to_string(status));
        (void)call(message);
        const auto before = tried().size();
        answer(stack.sent_with("INVITE").back(), status);
        EXPECT_EQ(tried().size(), before) << status;
    }
}

// A dialog stays with the address that answered (RFC 3261 12.2.1.1: its Contact), whatever DNS
// says.
TEST_F(Rfc3263Section43, DialogStaysWhereItWasAnswered) {
    const auto txn = call();
    answer(invite_out(0), 503);
    answer(invite_out(1), 200, sdp("192.0.2.2", 5000));  // its Contact is at 192.0.2.20
    ack(txn);
    send_from_caller("BYE");
    EXPECT_EQ(stack.sent_with("BYE").at(0).request.path.remote, tests::at("192.0.2.20"));
}

}  // namespace
}  // namespace weir::signaling
