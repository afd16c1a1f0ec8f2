// SPDX-License-Identifier: Apache-2.0
// Calls to names: the first call to one that is not known, numbers by ENUM, addresses that are out
// of service (RFC 3263, RFC 6116).
#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "signaling/call/call_edge_limits.hpp"
#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::signaling {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class CallNamesTest : public tests::CallBench {
protected:
    CallNamesTest() : CallBench(knowledge(this)) {
        to_name(20, "trunk.example");
        apply();
    }
    void to_name(std::uint32_t tag, const char* host) {
        auto& target = config.dial_peers[config::DialPeerTag{tag}].target;
        target = {};
        target.kind = config::SessionTarget::Kind::dns;
        target.host = host;
    }
    // Dial-peer 20 goes by ENUM: 200 is asked for as 0.0.2.9.4.e164.example.
    void to_number() {
        auto& peer = config.dial_peers[config::DialPeerTag{20}];
        peer.target = {};
        peer.target.kind = config::SessionTarget::Kind::enum_table;
        peer.target.number = 3;
        auto& numbers = config.enum_tables[3];
        numbers.tag = 3;
        numbers.rules[1] = {1, "^2", "492", "e164.example"};
        apply();
    }
    // The answer of DNS: those who wait are told.
    void learn(const std::string& name, std::initializer_list<const char*> addresses) {
        for (const char* address : addresses)
            hosts_[name].push_back({SipTransport::udp, tests::at(address), name});
        known_.insert(name);
        tell();
    }
    void learn_number(const std::string& name, std::vector<dialplan::NaptrRecord> records) {
        records_[name] = std::move(records);
        known_.insert(name);
        tell();
    }
    static dialplan::NaptrRecord sip(const char* expression, std::uint16_t order = 1) {
        return {order, 1, "u", "E2U+sip", expression};
    }
    ServerTxn called(const char* call_id) {
        auto message = invite();
        message.set("Call-ID", call_id);
        message.set("Via", std::string("SIP/2.0/UDP 203.0.113.5;branch=z9hG4bK") + call_id);
        return call(message);
    }
    std::string remote(std::size_t n) const {
        return invite_out(n).request.path.remote.to_string();
    }

private:
    // Static: the fixture is not whole yet when this is called.
    static NetworkKnowledge knowledge(CallNamesTest* self) {
        NetworkKnowledge made;
        made.name_patience = seconds(3);
        made.locate = [self](const HopQuery& query) { return self->hosts_[query.host]; };
        made.records = [self](const std::string& name) { return self->records_[name]; };
        made.is_known = [self](const HopQuery& query) { return self->known_.contains(query.host); };
        made.when_known = [self](std::vector<HopQuery> names, std::chrono::nanoseconds patience,
                                 std::function<void()> done) {
            const auto id = ++self->last_wait_;
            self->waiting_[id] = {std::move(names), std::move(done)};
            self->loop.after(patience, [self, id] {
                if (auto node = self->waiting_.extract(id)) node.mapped().second();
            });
        };
        return made;
    }
    void tell() {
        std::vector<std::function<void()>> ready;
        for (auto it = waiting_.begin(); it != waiting_.end();) {
            const auto& names = it->second.first;
            const bool all = std::all_of(names.begin(), names.end(), [&](const HopQuery& query) {
                return known_.contains(query.host);
            });
            if (all) ready.push_back(std::move(it->second.second));
            it = all ? waiting_.erase(it) : std::next(it);
        }
        for (const auto& done : ready)
            done();
        media.deliver();
    }
    std::map<std::string, std::vector<Hop>> hosts_;
    std::map<std::string, std::vector<dialplan::NaptrRecord>> records_;
    std::set<std::string> known_;
    std::map<int, std::pair<std::vector<HopQuery>, std::function<void()>>> waiting_;
    int last_wait_ = 0;
};

TEST_F(CallNamesTest, TheFirstCallToANameWaitsForItsAddress) {
    const auto txn = call();
    EXPECT_TRUE(stack.sent.empty());
    EXPECT_EQ(statuses(txn), (std::vector{100}));
    loop.advance(milliseconds(300));
    learn("trunk.example", {"192.0.2.31"});
    EXPECT_EQ(remote(0), "192.0.2.31:5060");
    EXPECT_EQ(invite_out().request.message.request_uri, "sip:200@trunk.example");
    answer(invite_out(), 200, tests::sdp("192.0.2.31", 5000));
    EXPECT_EQ(last_answer(txn).status, 200);
    const auto calls = table.calls();
    ASSERT_EQ(calls.size(), 1U);
    ack(txn);
}

TEST_F(CallNamesTest, TheNextCallDoesNotWait) {
    learn("trunk.example", {"192.0.2.31"});
    (void)call();
    EXPECT_EQ(stack.sent_with("INVITE").size(), 1U);
}

TEST_F(CallNamesTest, WithoutAnAnswerInTimeItHuntsOn) {
    add_peer(30, "2..", "", "192.0.2.30").preference = 1;
    apply();
    // The better candidate is a name; only for that one it waits.
    (void)call();
    EXPECT_TRUE(stack.sent.empty());
    loop.advance(seconds(3));
    media.deliver();
    EXPECT_EQ(remote(0), "192.0.2.30:5060");
}

TEST_F(CallNamesTest, ACallWithAWayToGoWaitsForNobody) {
    config.dial_peers[config::DialPeerTag{20}].preference = 1;
    add_peer(30, "2..", "", "192.0.2.30");
    apply();
    (void)call();
    EXPECT_EQ(remote(0), "192.0.2.30:5060");
}

TEST_F(CallNamesTest, ANameThatDoesNotExistIsNotWaitedFor) {
    learn("trunk.example", {});
    const auto txn = call();
    EXPECT_GE(last_answer(txn).status, 400);
}

TEST_F(CallNamesTest, ACallerThatGivesUpMeanwhileGetsIts487) {
    const auto txn = call();
    cancel(txn);
    EXPECT_EQ(last_answer(txn).status, 487);
    learn("trunk.example", {"192.0.2.31"});
    EXPECT_TRUE(stack.sent.empty());
    EXPECT_EQ(table.size(), 0U);
}

TEST_F(CallNamesTest, ANodeThatEndsRefusesThoseThatWait) {
    const auto txn = call();
    table.release_all(41);
    EXPECT_EQ(last_answer(txn).status, 503);
    learn("trunk.example", {"192.0.2.31"});
    EXPECT_TRUE(stack.sent.empty());
}

TEST_F(CallNamesTest, ThoseThatWaitAreBounded) {
    for (std::size_t i = 0; i < kMaxNameWaits; ++i)
        (void)called(("c" + std::to_string(i)).c_str());
    EXPECT_EQ(table.size(), 0U);
    const auto txn = called("last");
    EXPECT_GE(last_answer(txn).status, 400) << "it does not wait, and has nowhere to go";
}

TEST_F(CallNamesTest, ANumberGoesWhereItsRecordsSay) {
    to_number();
    (void)call();
    learn_number("0.0.2.9.4.e164.example", {sip("!^49(.*)$!sip:\\1@sip.example:5070!")});
    EXPECT_TRUE(stack.sent.empty()) << "the host of the URI is a name, too";
    learn("sip.example", {"192.0.2.40"});
    ASSERT_EQ(stack.sent_with("INVITE").size(), 1U);
    EXPECT_EQ(invite_out().request.message.request_uri, "sip:200@sip.example:5070");
    EXPECT_EQ(header(invite_out().request.message, "To"), "<sip:200@sip.example:5070>");
    EXPECT_EQ(remote(0), "192.0.2.40:5060");
}

TEST_F(CallNamesTest, UrisOfANumberAreTriedInTheOrderOfTheirRecords) {
    to_number();
    learn_number("0.0.2.9.4.e164.example", {sip("!^.*$!sip:b@192.0.2.42;user=phone!", 20),
                                            sip("!^.*$!sip:a@192.0.2.41?Subject=no!", 10)});
    (void)call();
    EXPECT_EQ(invite_out().request.message.request_uri, "sip:a@192.0.2.41");
    answer(invite_out(), 503);
    EXPECT_EQ(invite_out(1).request.message.request_uri, "sip:b@192.0.2.42;user=phone");
}

TEST_F(CallNamesTest, ANumberWithoutRecordsHuntsOn) {
    to_number();
    add_peer(30, "2..", "", "192.0.2.30").preference = 1;
    apply();
    learn_number("0.0.2.9.4.e164.example", {});
    (void)call();
    EXPECT_EQ(remote(0), "192.0.2.30:5060");
}

TEST_F(CallNamesTest, A503WithRetryAfterKeepsLaterCallsAway) {
    learn("trunk.example", {"192.0.2.31", "192.0.2.32"});
    (void)called("one");
    SipMessage busy = make_response(invite_out().request.message, 503, "", "callee");
    busy.add("Retry-After", "20");
    stack.events().on_response({invite_out().txn, busy, now()});
    EXPECT_EQ(remote(1), "192.0.2.32:5060") << "RFC 3263 4.3";
    (void)called("two");
    EXPECT_EQ(remote(2), "192.0.2.32:5060");
    loop.advance(seconds(20));
    (void)called("three");
    EXPECT_EQ(remote(3), "192.0.2.31:5060");
}

TEST_F(CallNamesTest, ASilentAddressKeepsLaterCallsAway) {
    learn("trunk.example", {"192.0.2.31", "192.0.2.32"});
    (void)called("one");
    stack.events().on_failure(invite_out().txn, TxnFailure::timeout);
    media.deliver();
    EXPECT_EQ(remote(1), "192.0.2.32:5060");
    (void)called("two");
    EXPECT_EQ(remote(2), "192.0.2.32:5060");
}

TEST_F(CallNamesTest, AnAddressThatRestsIsTheLastResort) {
    learn("trunk.example", {"192.0.2.31", "192.0.2.32"});
    table.set_busy_addresses({{SipTransport::udp, tests::at("192.0.2.31")}});
    (void)called("one");
    EXPECT_EQ(remote(0), "192.0.2.32:5060");
    answer(invite_out(), 503);
    EXPECT_EQ(remote(1), "192.0.2.31:5060");
}

TEST_F(CallNamesTest, WhereAllAreOutOfServiceTheyAreTriedAllTheSame) {
    learn("trunk.example", {"192.0.2.31", "192.0.2.32"});
    table.set_busy_addresses({{SipTransport::udp, tests::at("192.0.2.31")}});
    (void)called("one");
    EXPECT_EQ(remote(0), "192.0.2.32:5060");
    table.set_busy_addresses({{SipTransport::udp, tests::at("192.0.2.31")},
                              {SipTransport::udp, tests::at("192.0.2.32")}});
    (void)called("two");
    EXPECT_EQ(remote(1), "192.0.2.31:5060");
}

TEST_F(CallNamesTest, LargeRequestsGoByTcpWhereThePeerIsToldSoAndNotPinned) {
    learn("trunk.example", {"192.0.2.31"});
    config.voice.sip.transport_switch = true;
    apply();
    (void)called("one");
    EXPECT_TRUE(invite_out(0).request.path.tcp_if_large);
    auto& peer = config.dial_peers[config::DialPeerTag{20}];
    peer.transport = config::Transport::udp;  // session transport udp
    apply();
    (void)called("two");
    EXPECT_FALSE(invite_out(1).request.path.tcp_if_large) << "its own line pins it";
    peer.sip.transport_switch = true;
    apply();
    (void)called("three");
    EXPECT_TRUE(invite_out(2).request.path.tcp_if_large);
}

}  // namespace
}  // namespace weir::signaling
