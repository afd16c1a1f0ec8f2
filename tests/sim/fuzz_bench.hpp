// SPDX-License-Identifier: Apache-2.0
// FuzzBench: a CallTable between a stack, a media plane and a clock that are not there, without
// what a gtest fixture and a configuration of its own would cost each of many thousand sequences.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "signaling/call/call_table.hpp"
#include "tests/support/fake_loop.hpp"
#include "tests/support/fake_media_plane.hpp"
#include "tests/support/fake_sip_stack.hpp"

namespace weir::signaling {

inline Endpoint sip_at(std::uint8_t network, std::uint8_t host) {
    const std::uint8_t first = network == 2 ? 192 : network == 100 ? 198 : 203;
    const std::uint8_t second = network == 2 ? 0 : network == 100 ? 51 : 0;
    return {IpAddress::v4(first, second, network, host), 0, 5060};
}
inline Endpoint our_address() {
    return sip_at(100, 1);
}  // 198.51.100.1
inline Endpoint caller_address() {
    return sip_at(113, 5);
}  // 203.0.113.5, trusted
inline Endpoint callee_address() {
    return sip_at(2, 20);
}  // 192.0.2.20, a dial-peer's

// What the calls told: of each, in order, c(onnected), m(edia changed), r(eleasing), e(nded).
class FuzzListener final : public CallListener {
public:
    explicit FuzzListener(bool wants) : wants_(wants) {}
    bool wants_media(const config::Config&, config::DialPeerTag,
                     config::DialPeerTag) const override {
        return wants_;
    }
    void on_call_connected(const CallView& call) override { told[call.id] += 'c'; }
    void on_call_media_changed(const CallView& call, MonoTime) override { told[call.id] += 'm'; }
    void on_call_releasing(const CallView& call, const CallEnd&) override { told[call.id] += 'r'; }
    void on_call_ended(const CallView& call, const CallEnd&,
                       const dataplane::SessionState&) override {
        told[call.id] += 'e';
    }
    std::map<CallId, std::string> told;

private:
    bool wants_;
};

class CountingSink final : public CdrSink {
public:
    bool append(std::string) override {
        ++lines;
        return true;
    }
    unsigned lines = 0;
};

struct FuzzBench {
    FuzzBench(std::shared_ptr<const dialplan::DialPlan> plan, std::uint64_t seed, bool recordable)
        : random(seed), listener(recordable) {
        stack.listening = {{SipTransport::udp, our_address()}, {SipTransport::tcp, our_address()}};
        stack.set_events(table);
        media.add_listener(table);
        table.add_listener(listener);
        table.set_config(std::move(plan));
    }
    [[nodiscard]] MonoTime now() const { return loop.clock().now(); }

    tests::FakeLoop loop;
    tests::FakeSipStack stack;
    tests::FakeMediaPlane media;
    CountingSink sink;
    NullLogger logger;
    SeededRandom random;
    FuzzListener listener;
    CdrLog cdr{loop, sink, logger, [](const RecordingSummary&) { return "{}"; }};
    CallTable table{{loop, stack, media, cdr, random, logger}, {}};
};

}  // namespace weir::signaling
