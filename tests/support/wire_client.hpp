// SPDX-License-Identifier: Apache-2.0
// A bare UDP or TCP socket that speaks SIP as bytes, and the stack under test beside it on one
// thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "config/base/log.hpp"
#include "config/base/random.hpp"
#include "signaling/sip/sofia_stack.hpp"
#include "signaling/sip/transaction_timers.hpp"

namespace weir::tests {

// A stack with one UDP and one TCP listener on 127.0.0.1, run by the test itself.
class StackUnderTest {
public:
    explicit StackUnderTest(const signaling::TransactionTimers& timers = {}) {
        auto loop_result = signaling::SofiaLoop::create(log_);
        loop_ = std::move(*loop_result);
        signaling::SofiaOptions options;
        const Endpoint any{.address = IpAddress::v4(127, 0, 0, 1), .port = 0};
        options.timers = timers;
        options.listeners = {{.transport = signaling::SipTransport::udp, .address = any},
                             {.transport = signaling::SipTransport::tcp, .address = any}};
        auto stack_result = signaling::SofiaStack::create(*loop_, options, random_);
        stack_ = std::move(*stack_result);
    }
    signaling::SofiaLoop& loop() { return *loop_; }
    signaling::SofiaStack& stack() { return *stack_; }
    [[nodiscard]] Endpoint address(signaling::SipTransport transport) const {
        for (const auto& [kind, endpoint] : stack_->listeners())
            if (kind == transport) return endpoint;
        return {};
    }
    [[nodiscard]] std::uint64_t dropped(signaling::GuardReason reason) const {
        return stack_->stats().dropped[static_cast<std::size_t>(reason)];
    }
    [[nodiscard]] std::uint64_t dropped() const {
        std::uint64_t sum = 0;
        for (const auto count : stack_->stats().dropped)
            sum += count;
        return sum;
    }
    // Runs the loop until `done`, or far longer than it can take on a machine that is busy: an
    // event that the test waits for, not a pause.
    bool run_until(const std::function<bool()>& done,
                   std::chrono::milliseconds limit = std::chrono::seconds(30)) {
        const MonoTime end = loop_->clock().now() + limit;
        while (!done() && loop_->clock().now() < end)
            loop_->run_for(std::chrono::milliseconds(1));
        return done();
    }

private:
    NullLogger log_;
    SystemRandom random_;
    std::unique_ptr<signaling::SofiaLoop> loop_;
    std::unique_ptr<signaling::SofiaStack> stack_;
};

class WireClient {
public:
    WireClient(signaling::SipTransport transport, const Endpoint& server) {
        const bool is_udp = transport == signaling::SipTransport::udp;
        fd_ = socket(AF_INET, (is_udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);
        sockaddr_in own{};
        own.sin_family = AF_INET;
        own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        void* own_memory = &own;
        (void)!bind(fd_, static_cast<sockaddr*>(own_memory), sizeof own);
        sockaddr_in peer = own;
        peer.sin_port = htons(server.port);
        void* peer_memory = &peer;
        (void)!connect(fd_, static_cast<sockaddr*>(peer_memory), sizeof peer);
        fcntl(fd_, F_SETFL, O_NONBLOCK);
        socklen_t length = sizeof own;
        getsockname(fd_, static_cast<sockaddr*>(own_memory), &length);
        port_ = ntohs(own.sin_port);
    }
    ~WireClient() { close(fd_); }
    WireClient(const WireClient&) = delete;
    WireClient& operator=(const WireClient&) = delete;

    void send(std::string_view bytes) const {
        (void)!::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    }
    // What has come since the last call; "" if nothing.
    std::string receive() {
        std::string bytes(65536, '\0');
        const ssize_t got = recv(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT);
        is_closed_ = is_closed_ || got == 0;
        bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return bytes;
    }
    // Collects until `text` is in what came, running the stack meanwhile.
    bool expect(StackUnderTest& under_test, std::string_view text) {
        return under_test.run_until([&] {
            received_ += receive();
            return received_.find(text) != std::string::npos;
        });
    }
    bool is_closed() {
        received_ += receive();
        return is_closed_;
    }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    std::string& received() { return received_; }

private:
    int fd_ = -1;
    std::uint16_t port_ = 0;
    bool is_closed_ = false;
    std::string received_;
};

}  // namespace weir::tests
