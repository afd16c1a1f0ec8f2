// SPDX-License-Identifier: Apache-2.0
// RFC 3261 8.2: what is checked of a request, in its order, and how responses are made.
#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::signaling {
namespace {

using tests::sdp;

class Rfc3261Section82 : public tests::CallBench {
protected:
    SipMessage answer_to(const SipMessage& message) {
        const auto txn = stack.receive(message, caller_path(), now());
        media.deliver();
        return last_answer(txn);
    }
};

// 8.2.1: "If the UAS recognizes but does not support the method ... 405, with an Allow".
TEST_F(Rfc3261Section82, MethodThatIsNotOfferedIs405WithAllow) {
    const auto answer = answer_to(request("REGISTER", "sip:198.51.100.1"));
    EXPECT_EQ(answer.status, 405);
    EXPECT_TRUE(answer.lists("Allow", "INVITE"));
    EXPECT_FALSE(answer.lists("Allow", "REGISTER"));
}

// 8.2.2.1: "If the Request-URI uses a scheme not supported by the UAS, it SHOULD reject with 416".
TEST_F(Rfc3261Section82, UnknownSchemeIs416) {
    auto message = invite();
    message.request_uri = "h323:200@198.51.100.1";
    EXPECT_EQ(answer_to(message).status, 416);
}

// 8.2.2.2: the same request by two ways: 482 to the later one, and the first goes on.
TEST_F(Rfc3261Section82, MergedRequestIs482AndTheFirstGoesOn) {
    const auto first = call();
    auto other_way = invite();
    other_way.set("Via", "SIP/2.0/UDP 203.0.113.7;branch=z9hG4bKother");
    EXPECT_EQ(answer_to(other_way).status, 482);
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    EXPECT_EQ(last_answer(first).status, 200);
}

// 8.2.2.3: "MUST respond by 420 ... add an Unsupported header field, and list in it those options".
TEST_F(Rfc3261Section82, AllUnknownExtensionsAreNamedAndNoOthers) {
    auto message = invite();
    message.add("Require", "100rel, first");
    message.add("Require", "second");
    const auto answer = answer_to(message);
    EXPECT_EQ(answer.status, 420);
    EXPECT_EQ(header(answer, "Unsupported"), "first, second");
    EXPECT_TRUE(stack.sent.empty());
}

// What we say in Supported may be required of us.
TEST_F(Rfc3261Section82, ExtensionsThatWeSupportMayBeRequired) {
    for (const char* extension : {"timer", "replaces", "norefersub", "TIMER"}) {
        auto message = invite();
        message.set("Call-ID", extension);
        message.add("Require", extension);
        EXPECT_LT(answer_to(message).status, 200) << extension;
    }
}

// The same inside a dialog.
TEST_F(Rfc3261Section82, UnknownExtensionInsideADialogIs420AndTheCallGoesOn) {
    connect();
    for (const char* method : {"INVITE", "UPDATE", "REFER", "OPTIONS"}) {
        auto message = from_caller(method);
        message.add("Require", "nothing, timer");
        const auto answer = answer_to(message);
        EXPECT_EQ(answer.status, 420) << method;
        EXPECT_EQ(header(answer, "Unsupported"), "nothing") << method;
    }
    EXPECT_EQ(table.calls().at(0).state, CallState::connected);
}

// What passes is for the other party to understand, and to refuse.
TEST_F(Rfc3261Section82, ExtensionOfAPassedRequestIsTheOtherPartysMatter) {
    connect();
    auto message = from_caller("INFO", "x");
    message.add("Require", "nothing");
    const auto txn = stack.receive(message, caller_path(), now());
    ASSERT_EQ(stack.sent_with("INFO").size(), 1U);
    answer(stack.sent_with("INFO")[0], 420);
    EXPECT_EQ(last_answer(txn).status, 420);
}

// "Require and Proxy-Require MUST NOT be used in a SIP CANCEL request, or in an ACK ... MUST be
// ignored". A BYE is obeyed, too: a call that its party has left would only hang.
TEST_F(Rfc3261Section82, RequireOfAnAckIsIgnored) {
    const auto txn = call();
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    SipMessage message = from_caller("ACK");
    message.add("Require", "nothing");
    stack.events().on_ack(txn, {ServerTxn{}, std::move(message), caller_path(), now()});
    EXPECT_EQ(table.calls().at(0).state, CallState::connected);
    auto bye = from_caller("BYE");
    bye.add("Require", "nothing");
    EXPECT_EQ(answer_to(bye).status, 200);
}

// 8.2.3: "415 ... MUST contain an Accept header field listing the types of all bodies it
// understands".
TEST_F(Rfc3261Section82, BodyOfAnotherTypeIs415WithAccept) {
    auto message = invite("not a description");
    message.set("Content-Type", "text/plain");
    const auto answer = answer_to(message);
    EXPECT_EQ(answer.status, 415);
    EXPECT_EQ(header(answer, "Accept"), "application/sdp");
}

TEST_F(Rfc3261Section82, EncodedBodyIs415WithAcceptEncoding) {
    auto message = invite();
    message.set("Content-Encoding", "gzip");
    const auto answer = answer_to(message);
    EXPECT_EQ(answer.status, 415);
    EXPECT_EQ(header(answer, "Accept-Encoding"), "identity");
}

// "If the body is optional ... the UAS MUST NOT reject" (20.11, handling=optional).
TEST_F(Rfc3261Section82, OptionalBodyOfAnotherTypeIsIgnored) {
    auto message = invite("whatever");
    message.set("Content-Type", "text/plain");
    message.set("Content-Disposition", "render;handling=optional");
    EXPECT_LT(answer_to(message).status, 200);
}

// 8.2.6.2: From, Call-ID, CSeq, Via and its order are those of the request; To has a tag, the same
// in every response.
TEST_F(Rfc3261Section82, ResponsesCopyWhatNamesTheRequestAndHaveOneTag) {
    auto message = invite();
    message.headers.insert(message.headers.begin(),
                           {"Via", "SIP/2.0/UDP 203.0.113.9;branch=z9hG4bKtop"});
    const auto txn = call(message);
    answer(invite_out(), 180);
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    std::string tag;
    for (const auto& response : stack.answers_to(txn)) {
        for (const char* same : {"From", "Call-ID", "CSeq"})
            EXPECT_EQ(header(response, same), header(message, same)) << response.status;
        EXPECT_EQ(response.all("Via"), message.all("Via")) << response.status;
        if (response.status == 100) continue;
        const auto to = NameAddr::parse(header(response, "To"));
        ASSERT_TRUE(to);
        if (tag.empty()) tag = to->tag();
        EXPECT_FALSE(to->tag().empty()) << response.status;
        EXPECT_EQ(to->tag(), tag) << response.status;
    }
}

}  // namespace
}  // namespace weir::signaling
