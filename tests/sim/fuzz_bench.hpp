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
    // Which calls are recorded; those of the passes of a loop (fuzz_settings.cpp).
    enum class Wants : std::uint8_t { none, all, first_pass, second_pass };
    explicit FuzzListener(Wants wants) : wants_(wants) {}
    bool wants_media(const config::Config&, config::DialPeerTag inbound,
                     config::DialPeerTag outbound) const override {
        if (wants_ == Wants::first_pass) return outbound == config::DialPeerTag{40};
        if (wants_ == Wants::second_pass) return inbound == config::DialPeerTag{42};
        return wants_ == Wants::all;
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
    Wants wants_;
};

// 192.0.2.30 and .21 may be in another media realm than everybody else.
inline NetworkKnowledge fuzz_network(bool two_realms) {
    NetworkKnowledge network;
    if (two_realms)
        network.realm_of = [](const config::Config&, const IpAddress& party) {
            const bool is_there = party == sip_at(2, 30).address || party == sip_at(2, 21).address;
            return static_cast<dataplane::RealmIndex>(is_there ? 1 : 0);
        };
    return network;
}

class CountingSink final : public CdrSink {
public:
    bool append(std::string) override {
        ++lines;
        return true;
    }
    unsigned lines = 0;
};

struct FuzzBench {
    FuzzBench(std::shared_ptr<const dialplan::DialPlan> plan, std::uint64_t seed,
              FuzzListener::Wants wants, bool two_realms)
        : random(seed),
          listener(wants),
          table({loop, stack, media, cdr, random, logger}, fuzz_network(two_realms)) {
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
    CallTable table;
};

}  // namespace weir::signaling
