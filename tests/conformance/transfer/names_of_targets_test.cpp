// SPDX-License-Identifier: Apache-2.0
// RFC 3263 for whom a REFER or a 3xx names: a target by a name that nobody has asked for before is
// called when the answer comes, and the call goes on meanwhile.
#include <set>

#include "tests/conformance/transfer/transfer_bench.hpp"

namespace weir::signaling {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using tests::sdp;

class NamesOfTargets : public tests::TransferBench {
protected:
    NamesOfTargets() : TransferBench(knowledge(this)) {
        for (const std::uint32_t tag : {30U, 40U}) {
            auto& peer = add_peer(tag, tag == 30 ? "3.." : "4..", "", "192.0.2.30");
            peer.target = {};
            peer.target.kind = config::SessionTarget::Kind::dns;
            peer.target.host = tag == 30 ? "target.example" : "other.example";
        }
        consume("refer");
        consume("moved-temporarily");
    }
    // The answer of DNS: those who wait look again.
    void learn(const std::string& name) {
        known_.insert(name);
        for (auto& done : std::exchange(waiting_, {}))
            done();
        media.deliver();
    }
    void give_up() {
        loop.advance(seconds(3));
        for (auto& done : std::exchange(waiting_, {}))
            done();
        media.deliver();
    }
    std::size_t invites() const { return stack.sent_with("INVITE").size(); }
    void redirect() {
        const auto to = invite_out();
        SipMessage response = make_response(to.request.message, 302, "", "callee");
        response.add("Contact", "<sip:300@192.0.2.20>");
        stack.events().on_response({to.txn, std::move(response), now()});
        media.deliver();
    }

private:
    static NetworkKnowledge knowledge(NamesOfTargets* self) {
        NetworkKnowledge made;
        made.name_patience = seconds(3);
        made.locate = [self](const HopQuery& query) {
            return self->known_.contains(query.host)
                       ? std::vector<Hop>{{SipTransport::udp, tests::at("192.0.2.30"), query.host}}
                       : std::vector<Hop>{};
        };
        made.is_known = [self](const HopQuery& query) { return self->known_.contains(query.host); };
        made.when_known = [self](std::vector<HopQuery>, std::chrono::nanoseconds,
                                 std::function<void()> done) {
            self->waiting_.push_back(std::move(done));
        };
        return made;
    }
    std::set<std::string> known_;
    std::vector<std::function<void()>> waiting_;
};

TEST_F(NamesOfTargets, ATransferWaitsForTheNameOfItsTarget) {
    connect();
    const auto txn = refer();
    EXPECT_EQ(last_answer(txn).status, 202);
    EXPECT_EQ(invites(), 1U) << "nobody knows where";
    EXPECT_EQ(progress(), std::vector<std::string>{"100"});
    loop.advance(milliseconds(300));
    learn("target.example");
    ASSERT_EQ(invites(), 2U);
    EXPECT_EQ(last_out("INVITE").request.message.request_uri, "sip:300@target.example");
    answer_of_target(200, sdp("192.0.2.30", 6000));
    EXPECT_EQ(progress().back(), "200");
}

TEST_F(NamesOfTargets, ANameWithoutAnAnswerInTimeIsAFailedTransferAndTheCallTalksOn) {
    connect();
    refer();
    give_up();
    EXPECT_EQ(invites(), 1U);
    EXPECT_GE(std::stoi(progress().back()), 400);
    EXPECT_TRUE(stack.sent_with("BYE").empty());
}

TEST_F(NamesOfTargets, ACallThatEndsMeanwhileCallsNobody) {
    connect();
    refer();
    send_from_caller("BYE");
    confirm_byes();
    progress();
    learn("target.example");
    EXPECT_EQ(invites(), 1U);
    loop.advance(std::chrono::minutes(2));
    EXPECT_EQ(table.size(), 0U);
}

TEST_F(NamesOfTargets, AnAnswerThatComesTooLateIsNotThatOfTheNextTransfer) {
    connect();
    refer();
    give_up();
    progress();
    refer("<sip:400@192.0.2.20>");
    learn("target.example");  // not what the second one waits for
    EXPECT_EQ(invites(), 1U);
    learn("other.example");
    ASSERT_EQ(invites(), 2U);
    EXPECT_EQ(last_out("INVITE").request.message.request_uri, "sip:400@other.example");
}

TEST_F(NamesOfTargets, ARedirectionWaitsForTheNameOfItsContact) {
    const auto txn = call();
    redirect();
    EXPECT_EQ(invites(), 1U);
    learn("target.example");
    ASSERT_EQ(invites(), 2U);
    answer(invite_out(1), 200, sdp("192.0.2.30", 6000));
    EXPECT_EQ(last_answer(txn).status, 200);
}

TEST_F(NamesOfTargets, ACallerThatGivesUpDuringARedirectionGetsIts487) {
    const auto txn = call();
    redirect();
    cancel(txn);
    media.deliver();
    EXPECT_EQ(last_answer(txn).status, 487);
    learn("target.example");
    EXPECT_EQ(invites(), 1U);
    ack(txn);
    loop.advance(std::chrono::minutes(2));
    EXPECT_EQ(table.size(), 0U);
}

TEST_F(NamesOfTargets, ARedirectionToANameWithoutAnAnswerFailsTheCall) {
    const auto txn = call();
    redirect();
    give_up();
    EXPECT_GE(last_answer(txn).status, 400);
}

}  // namespace
}  // namespace weir::signaling
