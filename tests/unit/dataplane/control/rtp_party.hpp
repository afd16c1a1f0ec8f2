// SPDX-License-Identifier: Apache-2.0
// A party of a call or a recorder, as a UDP socket on loopback that speaks RTP.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <vector>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "config/base/address.hpp"
#include "config/base/unique_fd.hpp"

namespace weir::tests {

// Turns of `step` until `done`, for at most ten seconds of real time: the only wait in these tests.
inline bool until(const std::function<void()>& step, const std::function<bool()>& done) {
    timespec start{};
    clock_gettime(CLOCK_MONOTONIC, &start);
    while (!done()) {
        step();
        timespec now{};
        clock_gettime(CLOCK_MONOTONIC, &now);
        if (now.tv_sec - start.tv_sec > 10) return false;
    }
    return true;
}

class RtpParty {
public:
    explicit RtpParty(std::uint32_t ssrc = 1) : ssrc_(ssrc) {
        fd_ = UniqueFd(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        EXPECT_EQ(::bind(fd_.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
        EXPECT_EQ(::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
        local_.address = IpAddress::v4(127, 0, 0, 1);
        local_.port = ntohs(address.sin_port);
    }
    [[nodiscard]] const Endpoint& local() const { return local_; }

    // One packet of 20 ms of G.711 whose payload says its number.
    void send(const Endpoint& to) {
        std::array<std::uint8_t, 172> packet{};
        packet[0] = 0x80;
        const auto put = [&](std::size_t at, std::uint32_t value, int octets) {
            for (int i = 0; i < octets; ++i)
                packet[at + static_cast<std::size_t>(i)] =
                    static_cast<std::uint8_t>(value >> (8 * (octets - 1 - i)));
        };
        put(2, sequence_, 2);
        put(4, sequence_ * 160U, 4);
        put(8, ssrc_, 4);
        put(12, sequence_, 2);
        ++sequence_;
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(to.port);
        std::memcpy(&address.sin_addr, to.address.bytes.data(), 4);
        ::sendto(fd_.get(), packet.data(), packet.size(), 0, reinterpret_cast<sockaddr*>(&address),
                 sizeof address);
    }
    // Reads what has come; returns how many RTP packets there are in all.
    std::size_t receive() {
        std::array<std::uint8_t, 2048> buffer{};
        while (true) {
            const auto size = ::recv(fd_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
            if (size <= 0) return numbers.size();
            if (size < 14) continue;
            numbers.push_back(static_cast<std::uint16_t>(buffer[12] << 8 | buffer[13]));
            ssrcs.push_back(static_cast<std::uint32_t>(buffer[8]) << 24 |
                            static_cast<std::uint32_t>(buffer[9]) << 16 |
                            static_cast<std::uint32_t>(buffer[10]) << 8 | buffer[11]);
        }
    }
    [[nodiscard]] std::size_t sent() const { return sequence_ - kFirst; }

    std::vector<std::uint16_t> numbers;  // of the payloads received, in order
    std::vector<std::uint32_t> ssrcs;

private:
    static constexpr std::uint16_t kFirst = 100;
    UniqueFd fd_;
    Endpoint local_;
    std::uint32_t ssrc_ = 0;
    std::uint16_t sequence_ = kFirst;
};

}  // namespace weir::tests
