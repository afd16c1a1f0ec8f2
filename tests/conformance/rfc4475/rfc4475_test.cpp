// SPDX-License-Identifier: Apache-2.0
// The torture messages of RFC 4475, sent over real sockets to the stack with a small UAS above it.
//
// Changed in the messages: the sent-by port of the topmost Via becomes that of the test's socket
// (so that the answer finds it), and TLS becomes TCP. All other bytes are as published
// (data/*.dat).
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "signaling/api/request_check.hpp"
#include "tests/support/wire_client.hpp"

namespace weir::signaling {
namespace {

using tests::StackUnderTest;
using tests::WireClient;

class SmallUas final : public SipEvents {
public:
    explicit SmallUas(SipStack& stack) : stack_(stack) {
        rules_.methods = {"INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "REGISTER", "MESSAGE"};
    }
    void on_request(IncomingRequest request) override {
        ++requests;
        last = request.message;
        const auto refusal = refuse(request, rules_, "uas");
        stack_.respond(request.txn,
                       refusal ? *refusal : make_response(request.message, 200, "", "uas"));
    }
    void on_cancel(ServerTxn, IncomingRequest) override {}
    void on_ack(ServerTxn, IncomingRequest) override {}
    void on_ack_timeout(ServerTxn) override {}
    void on_response(IncomingResponse) override { ++responses; }
    void on_failure(ClientTxn, TxnFailure) override {}

    unsigned requests = 0;
    unsigned responses = 0;
    SipMessage last;

private:
    SipStack& stack_;
    RequestRules rules_;
};

std::string read_file(const std::string& name) {
    std::ifstream file(
        std::string(WEIR_SOURCE_DIR) + "/tests/conformance/rfc4475/data/" + name + ".dat",
        std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// Where the value of the topmost Via begins.
std::size_t top_via(const std::string& message) {
    std::size_t at = message.find("\r\n") + 2;
    while (at < message.size()) {
        const std::size_t colon = message.find(':', at);
        std::string name = message.substr(at, colon - at);
        while (name.ends_with(' '))
            name.pop_back();
        for (auto& c : name)
            c = static_cast<char>(c | 0x20);
        if (name == "via" || name == "v") return colon + 1;
        at = message.find("\r\n", at) + 2;
    }
    return std::string::npos;
}

std::string with_port(std::string message, std::uint16_t port) {
    const std::size_t begin = top_via(message);
    std::size_t end = begin;
    // The sent-by ends at a parameter, at a comma or at the end of a line that is not folded.
    while (message[end] != ';' && message[end] != ',' &&
           !(message[end] == '\r' && message[end + 2] != ' '))
        ++end;
    while (message[end - 1] == ' ')
        --end;
    const std::size_t colon = message.rfind(':', end);
    if (colon != std::string::npos && colon > begin) {
        message.erase(colon, end - colon);
        end = colon;
    }
    return message.insert(end, ":" + std::to_string(port));
}

struct Row {
    const char* file;
    int status;          // 0: no answer
    GuardReason reason;  // why not, where the guard decides
    bool reaches_uas;
};

constexpr auto kNone = GuardReason::event_queue_full;  // "the guard lets it pass"

constexpr Row kRows[] = {
    // Accepted and answered properly.
    {"wsinv", 200, kNone, true},
    {"intmeth", 501, kNone, true},
    {"esc01", 200, kNone, true},
    {"escnull", 200, kNone, true},
    {"esc02", 501, kNone, true},
    {"lwsdisp", 200, kNone, true},
    {"longreq", 200, kNone, true},
    {"dblreq", 200, kNone, true},
    {"semiuri", 200, kNone, true},
    {"transports", 200, kNone, true},
    {"mpart01", 200, kNone, true},
    {"cparam01", 200, kNone, true},
    {"cparam02", 200, kNone, true},
    {"regescrt", 200, kNone, true},
    {"inv2543", 200, kNone, true},
    {"sdp01", 200, kNone, true},
    {"regaut01", 200, kNone, true},
    {"unksm2", 200, kNone, true},
    {"badbranch", 200, kNone, true},
    {"baddate", 200, kNone, true},  // lenient: nothing here reads Date
    // Responses that belong to no request of ours.
    {"unreason", 0, GuardReason::unmatched_response, false},
    {"noreason", 0, GuardReason::unmatched_response, false},
    {"bcast", 0, GuardReason::unmatched_response, false},
    {"bigcode", 0, GuardReason::status, false},
    {"scalarlg", 0, GuardReason::cseq, false},
    // Malformed.
    {"badinv01", 400, GuardReason::via_syntax, false},
    {"clerr", 400, GuardReason::content_length, false},
    {"ncl", 400, GuardReason::content_length, false},
    {"scalar02", 400, GuardReason::cseq, false},
    {"quotbal", 400, GuardReason::address, false},
    {"ltgtruri", 400, GuardReason::request_uri, false},
    {"lwsruri", 400, GuardReason::start_line, false},
    {"lwsstart", 400, GuardReason::start_line, false},
    {"trws", 400, GuardReason::start_line, false},
    {"escruri", 400, GuardReason::request_uri, false},
    {"regbadct", 400, GuardReason::address, false},
    {"badaspec", 400, GuardReason::address, false},
    {"baddn", 400, GuardReason::address, false},
    {"mismatch01", 400, GuardReason::method_mismatch, false},
    {"multi01", 400, GuardReason::repeated_header, false},
    {"mcl01", 400, GuardReason::content_length, false},
    {"insuf", 400, GuardReason::missing_header, false},
    // Well formed, but not to be served.
    {"badvers", 505, GuardReason::version, false},
    {"mismatch02", 501, GuardReason::method_mismatch, false},
    {"unkscm", 416, kNone, true},
    {"novelsc", 416, kNone, true},
    {"bext01", 420, kNone, true},
    {"invut", 415, kNone, true},
    {"zeromf", 483, kNone, true},
};
static_assert(std::size(kRows) == 49);

class Rfc4475 : public testing::TestWithParam<Row> {};

TEST_P(Rfc4475, HasTheOutcomeOfTheTable) {
    const Row& row = GetParam();
    StackUnderTest under_test;
    SmallUas uas(under_test.stack());
    under_test.stack().set_events(uas);
    std::string message = read_file(row.file);
    ASSERT_FALSE(message.empty());
    const std::size_t via = top_via(message);
    ASSERT_NE(via, std::string::npos);
    const std::size_t tls = message.find("/TLS", via);
    if (std::string_view(row.file) == "bext01") message.replace(tls, 4, "/TCP");
    const bool is_tcp = message.find("TCP", via) < message.find("\r\n", via);
    const auto transport = is_tcp ? SipTransport::tcp : SipTransport::udp;

    WireClient client(transport, under_test.address(transport));
    client.send(with_port(message, client.port()));

    if (row.status != 0) {
        EXPECT_TRUE(client.expect(under_test, "SIP/2.0 " + std::to_string(row.status)))
            << row.file << " got: " << client.received();
    } else {
        EXPECT_TRUE(under_test.run_until([&] { return under_test.dropped() > 0; }));
        EXPECT_EQ(client.receive(), "");
    }
    EXPECT_EQ(uas.requests, row.reaches_uas ? 1U : 0U);
    EXPECT_EQ(uas.responses, 0U);
    EXPECT_EQ(under_test.dropped(), row.reason == kNone ? 0U : 1U);
    EXPECT_EQ(under_test.dropped(row.reason), row.reason == kNone ? 0U : 1U);
}

INSTANTIATE_TEST_SUITE_P(Torture, Rfc4475, testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.file); });

// Beyond the status line: what the values of the odd messages are after reading.
TEST(Rfc4475Values, FoldedAndSpacedHeadersOfWsinvAreRead) {
    StackUnderTest under_test;
    SmallUas uas(under_test.stack());
    under_test.stack().set_events(uas);
    WireClient client(SipTransport::udp, under_test.address(SipTransport::udp));
    client.send(with_port(read_file("wsinv"), client.port()));
    ASSERT_TRUE(under_test.run_until([&] { return uas.requests == 1; }));
    EXPECT_EQ(uas.last.cseq(), (CSeq{9, "INVITE"}));
    EXPECT_EQ(*uas.last.find("NewFangledHeader"), "newfangled value continued newfangled value");
    EXPECT_EQ(NameAddr::parse(*uas.last.find("To"))->tag(), "1918181833n");
    EXPECT_EQ(NameAddr::parse(*uas.last.find("From"))->display, "J Rosenberg \\\"");
    EXPECT_EQ(uas.last.body.size(), 150U);
}

TEST(Rfc4475Values, TheFirstMessageOfDblreqEndsAtItsContentLength) {
    StackUnderTest under_test;
    SmallUas uas(under_test.stack());
    under_test.stack().set_events(uas);
    WireClient client(SipTransport::udp, under_test.address(SipTransport::udp));
    client.send(with_port(read_file("dblreq"), client.port()));
    ASSERT_TRUE(under_test.run_until([&] { return uas.requests == 1; }));
    EXPECT_EQ(uas.last.method, "REGISTER");
    EXPECT_EQ(uas.last.body, "");
}

}  // namespace
}  // namespace weir::signaling
