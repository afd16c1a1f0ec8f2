// SPDX-License-Identifier: Apache-2.0
// 100,000 mutated messages through real sockets: nothing crashes, hangs or grows; the stack still
// serves.
#include <gtest/gtest.h>

#include "config/base/random.hpp"
#include "tests/support/recording_events.hpp"
#include "tests/support/wire_client.hpp"

namespace weir::signaling {
namespace {

using tests::StackUnderTest;
using tests::WireClient;

// Refuses everything at once, so that no transaction waits for anybody.
struct Refuser final : SipEvents {
    SipStack* stack = nullptr;
    unsigned requests = 0;
    void on_request(IncomingRequest request) override {
        ++requests;
        stack->respond(request.txn, make_response(request.message, 486, "", "x"));
    }
    void on_cancel(ServerTxn, IncomingRequest) override {}
    void on_ack(ServerTxn, IncomingRequest) override {}
    void on_ack_timeout(ServerTxn) override {}
    void on_response(IncomingResponse) override {}
    void on_failure(ClientTxn, TxnFailure) override {}
};

const char* const kSeeds[] = {
    "INVITE sip:1000@127.0.0.1:5060;transport=udp SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK776asdhds;rport\r\n"
    "Max-Forwards: 70\r\nTo: Bob <sip:bob@biloxi.com>\r\n"
    "From: \"Alice \\\"A\\\"\" <sip:alice@atlanta.com;x=y>;tag=1928301774\r\n"
    "Call-ID: a84b4c76e66710@pc33.atlanta.com\r\nCSeq: 314159 INVITE\r\n"
    "Contact: <sip:alice@pc33.atlanta.com>, <tel:+1>;q=0.1\r\nRequire: 100rel\r\n"
    "Record-Route: <sip:p1;lr>,\r\n <sip:p2;lr>\r\n"
    "Content-Type: application/sdp\r\nContent-Length: 4\r\n\r\nv=0\r\n",
    "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKx\r\nTo: <sip:b@c>;tag=2\r\n"
    "From: <sip:a@b>;tag=1\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n",
    "CANCEL sip:1000@127.0.0.1 SIP/2.0\r\nv: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK776asdhds\r\n"
    "t: <sip:b@c>\r\nf: <sip:a@b>;tag=1\r\ni: x\r\nCSeq: 1 CANCEL\r\nl: 0\r\n\r\n",
    "ACK sip:1000@127.0.0.1 SIP/2.0\r\nv: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK776asdhds\r\n"
    "t: <sip:b@c>;tag=x\r\nf: <sip:a@b>;tag=1\r\ni: x\r\nCSeq: 1 ACK\r\nl: 0\r\n\r\n",
};

std::string mutate(Random& random) {
    std::string text = kSeeds[random.below(std::size(kSeeds))];
    constexpr std::string_view kSpecial(
        "\r\n\t :;,<>\"\\=@?%[]/\0\x7f\xff"
        "0A",
        22);
    for (auto edits = 1 + random.below(6); edits > 0 && !text.empty(); --edits) {
        const auto at = static_cast<std::size_t>(random.below(text.size()));
        const auto length = static_cast<std::size_t>(random.below(12));
        switch (random.below(6)) {
            case 0:
                text[at] = static_cast<char>(random.below(256));
                break;
            case 1:
                text[at] = kSpecial[random.below(kSpecial.size())];
                break;
            case 2:
                text.erase(at, length);
                break;
            case 3:
                text.insert(at, text.substr(at, length));
                break;
            case 4:
                text.insert(at, static_cast<std::size_t>(random.below(300)), text[at]);
                break;
            default:
                text.resize(at);
                break;
        }
    }
    // sofia swallows empty datagrams itself, before the guard could count them.
    return text.empty() ? "x" : text;
}

TEST(Torture, MutatedMessagesAreAnsweredOrDropped) {
    const std::uint64_t seed = SystemRandom().next();
    RecordProperty("seed", std::to_string(seed));
    std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
    SeededRandom random(seed);
    StackUnderTest under_test({.t1 = std::chrono::milliseconds(5),
                               .t2 = std::chrono::milliseconds(10),
                               .t4 = std::chrono::milliseconds(10)});
    Refuser refuser;
    refuser.stack = &under_test.stack();
    under_test.stack().set_events(refuser);
    const WireClient client(SipTransport::udp, under_test.address(SipTransport::udp));
    std::uint64_t sent = 0;
    constexpr std::uint64_t kMessages = 100'000;
    while (sent < kMessages) {
        // Small rounds, so that the socket's buffer loses nothing.
        for (int i = 0; i < 50; ++i)
            client.send(mutate(random));
        sent += 50;
        ASSERT_TRUE(under_test.run_until([&] {
            return under_test.stack().stats().datagrams + 200 >= sent;
        })) << "seed "
            << seed;
    }
    EXPECT_GT(refuser.requests, 0U);
    EXPECT_GT(under_test.dropped(), kMessages / 4);
    const auto open_transactions = [&] {
        for (const auto& metric : under_test.stack().metrics())
            if (metric.name == "weir_signaling_server_transactions") return metric.value;
        return -1.0;
    };
    EXPECT_TRUE(under_test.run_until([&] { return open_transactions() == 0; })) << "seed " << seed;

    WireClient last(SipTransport::udp, under_test.address(SipTransport::udp));
    last.send(
        "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bKlast\r\n"
        "From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: last\r\nCSeq: 1 OPTIONS\r\n\r\n");
    EXPECT_TRUE(last.expect(under_test, "SIP/2.0 486")) << "seed " << seed;
}

}  // namespace
}  // namespace weir::signaling
