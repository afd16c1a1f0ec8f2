// SPDX-License-Identifier: Apache-2.0
// ClientBench: our client transactions, a wire that only remembers, and virtual time.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "signaling/sip/client_transactions.hpp"
#include "signaling/sip/wire_parser.hpp"
#include "tests/support/fake_loop.hpp"

namespace weir::tests {

using std::chrono::milliseconds;
using std::chrono::seconds;

inline constexpr milliseconds kT1{500};  // RFC 3261 17, table 4
inline constexpr milliseconds kT2{4000};
inline constexpr milliseconds kT4{5000};

// What left, and when [ms since the start of the test].
class TimedWire final : public signaling::MessageSender {
public:
    explicit TimedWire(const FakeLoop& loop) : loop_(loop), start_(loop.clock().now()) {}
    Result<void> send(std::uint64_t key, std::string text, const signaling::SipPath&) override {
        if (is_broken) return fail(ErrorCode::io, "no route");
        sent.push_back(signaling::parse_wire(text).message);
        if (key != 0) first_of[key] = sent.size() - 1;
        times.push_back(now_ms());
        return {};
    }
    void send_again(std::uint64_t key) override {
        sent.push_back(sent[first_of[key]]);
        times.push_back(now_ms());
    }
    void forget(std::uint64_t) override {}
    [[nodiscard]] std::int64_t now_ms() const {
        return (loop_.clock().now().ns - start_.ns) / 1'000'000;
    }
    // When messages of that method left.
    [[nodiscard]] std::vector<std::int64_t> times_of(const std::string& method) const {
        std::vector<std::int64_t> found;
        for (std::size_t i = 0; i < sent.size(); ++i)
            if (sent[i].method == method) found.push_back(times[i]);
        return found;
    }

    bool is_broken = false;
    std::vector<signaling::SipMessage> sent;
    std::vector<std::int64_t> times;
    std::map<std::uint64_t, std::size_t> first_of;

private:
    const FakeLoop& loop_;
    MonoTime start_;
};

class ClientBench : public testing::Test {
protected:
    static signaling::OutgoingRequest request(
        const std::string& method,
        signaling::SipTransport transport = signaling::SipTransport::udp) {
        signaling::OutgoingRequest made;
        made.message.method = method;
        made.message.request_uri = "sip:1000@192.0.2.1";
        made.message.headers = {{"Max-Forwards", "70"},         {"From", "<sip:a@192.0.2.9>;tag=1"},
                                {"To", "<sip:1000@192.0.2.1>"}, {"Call-ID", "abc"},
                                {"CSeq", "101 " + method},      {"Route", "<sip:192.0.2.1;lr>"}};
        made.path = {transport, *Endpoint::parse("192.0.2.9:5060", 0),
                     *Endpoint::parse("192.0.2.1:5060", 0)};
        made.t1 = kT1;
        made.retries = 10;  // as many as RFC 3261 has; fewer are the operator's choice (spec B.12)
        return made;
    }
    void start(const std::string& method,
               signaling::SipTransport transport = signaling::SipTransport::udp) {
        ASSERT_TRUE(client.send(request(method, transport)));
    }
    // A response to the n-th message that left.
    bool respond(int status, std::size_t n = 0, const char* tag = "peer") {
        const signaling::SipMessage response =
            signaling::make_response(wire.sent.at(n), status, "", tag);
        return client.on_response(response, signaling::top_via(response), loop.clock().now());
    }

    FakeLoop loop;
    TimedWire wire{loop};
    SeededRandom random{1};
    signaling::SipStats stats;
    std::vector<int> heard;                                                // statuses that went up
    std::vector<std::pair<signaling::TxnFailure, std::int64_t>> failures;  // and when [ms]
    signaling::ClientTransactions client{
        {loop, wire, random, stats},
        {kT1, kT2, kT4},
        {[this](const signaling::IncomingResponse& response) {
             heard.push_back(response.message.status);
         },
         [this](signaling::ClientTxn, signaling::TxnFailure failure) {
             failures.emplace_back(failure, wire.now_ms());
         }}};
};

}  // namespace weir::tests
