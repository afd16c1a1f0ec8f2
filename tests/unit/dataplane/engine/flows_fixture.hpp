// SPDX-License-Identifier: Apache-2.0
// A worker whose kernel relays by itself: a kernel that does what it is told and writes it down.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "dataplane/engine/checksum.hpp"
#include "dataplane/engine/engine_limits.hpp"
#include "dataplane/engine/flow_offload.hpp"
#include "tests/unit/dataplane/engine/framed_fixture.hpp"

namespace weir::dataplane::tests {

inline constexpr std::uint64_t kSentMark = std::uint64_t{1} << 23U;  // no driver's

// The frame that the kernel makes of a payload with those headers, as flow_send.bpf.h does.
inline Bytes frame_by(const FlowHeaders& headers, const Bytes& payload) {
    Bytes frame = joined({Bytes(headers.header.begin(), headers.header.end()), payload});
    const auto put = [&](std::size_t at, std::uint16_t word) {
        std::memcpy(frame.data() + at, &word, sizeof(word));
    };
    const auto total = __builtin_bswap16(static_cast<std::uint16_t>(frame.size() - 14));
    const auto length = __builtin_bswap16(static_cast<std::uint16_t>(frame.size() - 34));
    const std::uint64_t udp_sum =
        std::uint64_t{headers.udp_sum} + length + length + checksum_add(0, payload);
    put(16, total);
    put(24, static_cast<std::uint16_t>(~checksum_fold(std::uint64_t{headers.ip_sum} + total)));
    put(38, length);
    put(40, static_cast<std::uint16_t>(~checksum_fold(udp_sum)));
    return frame;
}

class FakeKernel final : public FlowOffload {
public:
    explicit FakeKernel(const MonoTime& now) : now_(now) {}
    std::uint64_t sent_mark() const noexcept override { return kSentMark; }
    bool has_sent_all(RealmIndex leaves) const noexcept override {
        return !holds_back && holds_back_at != leaves;
    }
    bool give(const FlowRule& rule) noexcept override {
        asked_at.push_back(now_);
        if (on_give) on_give();
        if (refuses) return false;
        given.push_back(rule);
        relays_[rule.arrives.port] = !gives_up_at_once;
        return true;
    }
    bool can_copy(RealmIndex, RealmIndex) const noexcept override { return copies; }
    void take_back(LocalPort port) noexcept override {
        if (on_take_back) on_take_back();
        taken_back.push_back(port.port);
        relays_[port.port] = false;
    }
    bool has(LocalPort port) const noexcept override {
        const auto found = relays_.find(port.port);
        const bool relays = found != relays_.end() && found->second;
        if (!relays) missed_at.push_back(now_);
        return relays;
    }
    void give_up(LocalPort port) { relays_[port.port] = false; }

    std::vector<FlowRule> given;
    std::vector<MonoTime> asked_at;           // by give()
    mutable std::vector<MonoTime> missed_at;  // has() was false
    std::vector<std::uint16_t> taken_back;
    std::function<void()> on_take_back;       // before it
    std::function<void()> on_give;            // likewise
    bool holds_back = false;                  // what the worker sends
    std::optional<RealmIndex> holds_back_at;  // likewise, by one realm
    bool refuses = false;
    bool gives_up_at_once = false;
    bool copies = false;

private:
    const MonoTime& now_;
    std::map<std::uint16_t, bool> relays_;  // by port
};

class FlowsEngine : public FramedEngine {
protected:
    static constexpr std::chrono::milliseconds kPtime{20};

    FlowsEngine() {
        stop();
        kernel = &fake;
        start();
    }
    ~FlowsEngine() override { stop(); }

    // The caller talks and the worker relays it; the last packet is `last`.
    void speak(std::size_t packets) {
        for (std::size_t i = 0; i < packets; ++i) {
            caller_sends_frame(++last);
            pass(kPtime);
        }
    }
    void speak_for(std::chrono::milliseconds time) {
        speak(static_cast<std::size_t>(time / kPtime));
    }
    // The kernel has relayed the caller's packet and leaves it to the worker.
    FakeIo::Arriving relayed(const Bytes& payload, std::uint8_t fork = 0) const {
        return {.bytes = frame_of(spec_from(caller, payload)),
                .peer = {},
                .local = {},
                .flags = kSentMark,
                .payload_sum = checksum_fold32(checksum_add(0, payload)),
                .copied_to = fork};
    }
    void kernel_relays(std::uint16_t sequence) {
        io->arriving.push_back(relayed(rtp(sequence)));
        turn();
    }
    // A session whose caller is relayed by the kernel since just now.
    void open_given() {
        open_plain();
        speak(kOffloadAfter);
        ASSERT_EQ(fake.given.size(), 1U);
        io->sent.clear();
    }
    void end_session() {
        send(to_worker::CloseSession{kSession});
        pass(kSessionLinger + std::chrono::milliseconds(50));
        ASSERT_EQ(events<from_worker::Closed>().size(), 1U);
        fake.given.clear();
        fake.taken_back.clear();
    }
    to_worker::SetRemote remote_of(Side side, const Endpoint& rtp, HopIndex hop) const {
        return {.session = kSession,
                .side = side,
                .rtp = rtp,
                .rtcp = rtp.is_set() ? next_port(rtp) : rtp,
                .rtp_hop = hop,
                .rtcp_hop = hop};
    }

    FakeKernel fake{now};
    std::uint16_t last = 0;
};

}  // namespace weir::dataplane::tests
