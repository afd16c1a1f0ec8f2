// SPDX-License-Identifier: Apache-2.0
// RFC 3261 17.1.3 and 8.1.3.3: which responses belong to a client transaction.
#include "tests/conformance/rfc3261_17/client_bench.hpp"

namespace weir::signaling {
namespace {

class Rfc3261Section1713 : public tests::ClientBench {
protected:
    bool offer(const char* header, const std::string& value) {
        SipMessage response = make_response(wire.sent.at(0), 200, "", "peer");
        response.set(header, value);
        return client.on_response(response, top_via(response), loop.clock().now());
    }
    std::string via(const std::string& branch) const {
        const std::string own = *wire.sent.at(0).find("Via");
        return own.substr(0, own.find("branch=")) + "branch=" + branch;
    }
    std::string branch() const {
        const std::string own = *wire.sent.at(0).find("Via");
        return own.substr(own.find("branch=") + 7);
    }
};

// 8.1.1.7: "The branch ID ... MUST always begin with the characters z9hG4bK ... unique across space
// and time".
TEST_F(Rfc3261Section1713, BranchesBeginWithTheCookieAndDiffer) {
    start("OPTIONS");
    start("OPTIONS");
    const std::string first = *wire.sent.at(0).find("Via");
    const std::string second = *wire.sent.at(1).find("Via");
    EXPECT_NE(first.find(";branch=z9hG4bK"), std::string::npos);
    EXPECT_NE(first, second);
}

// 17.1.3: "the same value of the branch parameter in the top Via ... the method parameter in the
// CSeq header field matches the method of the request".
TEST_F(Rfc3261Section1713, BranchAndMethodDecide) {
    start("INVITE");
    EXPECT_FALSE(offer("Via", via("z9hG4bKother")));
    EXPECT_FALSE(offer("CSeq", "101 CANCEL"));
    EXPECT_TRUE(heard.empty());
    EXPECT_TRUE(offer("Via", via(branch())));
    EXPECT_EQ(heard, std::vector<int>{200});
}

// A CANCEL has the branch of its INVITE: each answer finds its own.
TEST_F(Rfc3261Section1713, AnswerOfTheCancelIsNotThatOfTheInvite) {
    start("INVITE");
    respond(180);
    client.cancel(ClientTxn{1}, "");
    ASSERT_EQ(wire.sent.back().method, "CANCEL");
    EXPECT_TRUE(respond(200, wire.sent.size() - 1));
    EXPECT_EQ(heard, std::vector<int>{180});
    EXPECT_TRUE(respond(487));
    EXPECT_EQ(heard, (std::vector<int>{180, 487}));
}

// 8.1.3.3: "If more than one Via header field value is present in a response, the UAC SHOULD
// discard the message".
TEST_F(Rfc3261Section1713, ResponseWithASecondViaIsDiscarded) {
    start("INVITE");
    SipMessage response = make_response(wire.sent.at(0), 200, "", "peer");
    response.add("Via", "SIP/2.0/UDP 192.0.2.77;branch=z9hG4bKx");
    EXPECT_FALSE(client.on_response(response, top_via(response), loop.clock().now()));
    SipMessage joined = make_response(wire.sent.at(0), 200, "", "peer");
    joined.set("Via", *joined.find("Via") + ", SIP/2.0/UDP 192.0.2.77;branch=z9hG4bKx");
    EXPECT_FALSE(client.on_response(joined, top_via(joined), loop.clock().now()));
    EXPECT_TRUE(heard.empty());
}

}  // namespace
}  // namespace weir::signaling
