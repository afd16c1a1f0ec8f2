// SPDX-License-Identifier: Apache-2.0
// A request too large for UDP (RFC 3261 18.1.1): the trace says by what it went, in each of its
// forms.
#include "signaling/trace/ways.hpp"

#include <algorithm>
#include <cstring>

#include "signaling/trace/render.hpp"
#include "tests/unit/signaling/trace/trace_bench.hpp"

namespace weir::tests {
namespace {

using signaling::SipTransport;

class WaysTest : public TraceBench {
protected:
    void went(SipTransport transport) {
        const auto invite = invite_out().request;
        auto way = invite.path;
        way.transport = transport;
        recorder->on_way(invite.message, way, {loop.clock().now(), loop.clock().wall()});
    }
    signaling::RecordedCall refused_call() {
        answer(invite_out(), 486);
        loop.advance(std::chrono::minutes(2));
        store->flush();
        auto call = recorded();
        EXPECT_TRUE(call) << call.error().context;
        return *std::move(call);
    }
    // "udp SIP/2.0 486", "tcp INVITE", as a reader of the capture sees them.
    static std::vector<std::string> packets(const std::string& file) {
        constexpr std::size_t kFileHeader = 24;
        constexpr std::size_t kPacketHeader = 16;
        constexpr std::size_t kIp = 20;
        std::vector<std::string> seen;
        for (std::size_t at = kFileHeader; at + kPacketHeader + kIp < file.size();) {
            std::uint32_t size = 0;
            std::memcpy(&size, file.data() + at + 8, sizeof size);
            const std::string packet = file.substr(at + kPacketHeader, size);
            const bool is_tcp = packet[9] == 6;
            const std::string text = packet.substr(kIp + (is_tcp ? 20U : 8U));
            const std::size_t words = text.starts_with("SIP/2.0") ? 11 : text.find(' ');
            seen.push_back((is_tcp ? "tcp " : "udp ") + text.substr(0, words));
            at += kPacketHeader + size;
        }
        return seen;
    }
    static bool has(const std::string& text, const std::string& words) {
        return text.find(words) != std::string::npos;
    }
    static std::ptrdiff_t count(const std::vector<std::string>& of, const std::string& what) {
        return std::count(of.begin(), of.end(), what);
    }
};

TEST_F(WaysTest, WithoutAWordOfTheStackAllIsAsTheMachineMeant) {
    call();
    const auto call = refused_call();
    EXPECT_FALSE(has(ladder(call, true), "by TCP"));
    for (const std::string& packet : packets(trace_pcap(call)))
        EXPECT_TRUE(packet.starts_with("udp ")) << packet;
}

TEST_F(WaysTest, ARequestThatWentByTcpAndItsAnswerAreToldSo) {
    call();
    went(SipTransport::tcp);
    const auto call = refused_call();
    EXPECT_TRUE(has(ladder(call, false), "by TCP to 192.0.2.20:5060: too large for UDP"))
        << ladder(call, false);
    const auto seen = packets(trace_pcap(call));
    EXPECT_EQ(count(seen, "tcp INVITE"), 1) << "ours";
    EXPECT_EQ(count(seen, "udp INVITE"), 1) << "the caller's";
    EXPECT_EQ(count(seen, "tcp SIP/2.0 486"), 1);
    EXPECT_EQ(count(seen, "udp SIP/2.0 486"), 1);
    const std::string json = trace_json(call);
    EXPECT_TRUE(has(json, R"("transport":"tcp")")) << json;
    EXPECT_TRUE(has(json, R"("transports":[)")) << json;
}

TEST_F(WaysTest, WhatCameBackToUdpIsToldTwice) {
    call();
    went(SipTransport::tcp);
    loop.advance(std::chrono::seconds(2));
    went(SipTransport::udp);
    const auto call = refused_call();
    EXPECT_TRUE(has(ladder(call, false), "by UDP after all: nobody took TCP at 192.0.2.20:5060"));
    const auto seen = packets(trace_pcap(call));
    EXPECT_EQ(count(seen, "tcp INVITE"), 1);
    EXPECT_EQ(count(seen, "udp INVITE"), 2) << "the caller's, and ours once more";
    EXPECT_EQ(count(seen, "udp SIP/2.0 486"), 2) << "the answer came by UDP";
}

TEST_F(WaysTest, ARequestOfNoCallIsPassedOver) {
    call();
    auto options = invite_out().request;
    options.message.set("From", "<sip:ping@192.0.2.1>;tag=1234");
    recorder->on_way(options.message, options.path, {loop.clock().now(), loop.clock().wall()});
    for (const auto& step : refused_call().steps)
        EXPECT_TRUE(step.ways.empty());
}

}  // namespace
}  // namespace weir::tests
