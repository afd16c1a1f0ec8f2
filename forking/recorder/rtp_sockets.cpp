// SPDX-License-Identifier: Apache-2.0
// UDP sockets for RTP and RTCP.
#include "forking/recorder/rtp_sockets.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <time.h>

#include "config/base/limits.hpp"
#include "config/base/socket_address.hpp"
#include "forking/recorder/deaf_sockets.hpp"

namespace weir::forking {
namespace {

// Seconds of RTP that the kernel holds while we write, sleep or are stopped: 50 packets of 214
// bytes a second cost it about 64 KiB a second, so this is a minute where the system allows it. A
// node that stood still sends at once what its own socket held: twice that fits in here.
constexpr int kReceiveBuffer = 1 << 22;
constexpr int kKernelChoosesTries = 64;
constexpr std::size_t kReadBurst = 32;

void set_options(int fd) {
    const int on = 1;
    // The forced size needs a capability; without it the system's maximum counts.
    if (::setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &kReceiveBuffer, sizeof kReceiveBuffer) != 0)
        ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kReceiveBuffer, sizeof kReceiveBuffer);
    ::setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    ::setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
}

Result<UniqueFd> bind_socket(const Endpoint& endpoint, int type) {
    const int family = endpoint.address.family == Family::v6 ? AF_INET6 : AF_INET;
    UniqueFd fd(::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd.is_open()) return fail_errno("make a socket", errno);
    SocketAddress address{};
    const socklen_t length = to_socket_address(endpoint, address);
    if (::bind(fd.get(), &address.generic, length) != 0) {
        if (errno == EADDRINUSE)
            return fail(ErrorCode::exists, endpoint.to_string() + " is in use");
        return fail_errno("bind " + endpoint.to_string(), errno);
    }
    return fd;
}

Result<UniqueFd> bind_udp(const Endpoint& endpoint) {
    auto fd = bind_socket(endpoint, SOCK_DGRAM);
    if (fd) set_options(fd->get());
    return fd;
}

Result<std::uint16_t> port_of(int fd) {
    SocketAddress address{};
    socklen_t length = sizeof address;
    if (::getsockname(fd, &address.generic, &length) != 0)
        return fail_errno("ask for a socket's port", errno);
    return to_endpoint(address).port;
}

Result<RtpSockets> bind_pair(const IpAddress& address, std::uint16_t port) {
    RtpSockets sockets;
    sockets.local = Endpoint{.address = address, .port = port};
    auto rtp = bind_udp(sockets.local);
    if (!rtp) return fail(rtp.error());
    sockets.rtp = std::move(*rtp);
    if (port == 0) {
        auto chosen = port_of(sockets.rtp.get());
        if (!chosen) return fail(chosen.error());
        if (*chosen % 2 != 0) return fail(ErrorCode::exists, "the kernel chose an odd port");
        sockets.local.port = *chosen;
    }
    auto rtcp = bind_udp(
        Endpoint{.address = address, .port = static_cast<std::uint16_t>(sockets.local.port + 1)});
    if (!rtcp) return fail(rtcp.error());
    sockets.rtcp = std::move(*rtcp);
    return sockets;
}

}  // namespace

Result<DeafSockets> DeafSockets::open(const Endpoint& listen) {
    auto udp = bind_socket(listen, SOCK_DGRAM);
    if (!udp) return fail(udp.error());
    auto tcp = bind_socket(listen, SOCK_STREAM);
    if (!tcp) return fail(tcp.error());
    if (::listen(tcp->get(), 16) != 0) return fail_errno("listen on " + listen.to_string(), errno);
    return DeafSockets{std::move(*udp), std::move(*tcp)};
}

PortRange::PortRange(const IpAddress& address, std::uint16_t min, std::uint16_t max)
    : address_(address), min_(min), max_(max), next_(min) {}

Result<RtpSockets> PortRange::open() {
    const int pairs = min_ == 0 ? kKernelChoosesTries : (max_ - min_) / 2 + 1;
    for (int i = 0; i < pairs; ++i) {
        const std::uint16_t port = next_;
        if (min_ != 0) next_ = port + 2 > max_ ? min_ : static_cast<std::uint16_t>(port + 2);
        auto sockets = bind_pair(address_, port);
        if (sockets || sockets.error().code != ErrorCode::exists) return sockets;
    }
    return fail(ErrorCode::exhausted, "no RTP port pair is free between " + std::to_string(min_) +
                                          " and " + std::to_string(max_) + ": widen the range");
}

struct DatagramReader::Buffers {
    std::array<std::array<std::uint8_t, kMaxRtpBytes + 1>, kReadBurst> data{};
    // Control space for a timespec and the overflow counter.
    struct alignas(cmsghdr) Control {
        std::array<std::uint8_t, CMSG_SPACE(sizeof(timespec)) + CMSG_SPACE(sizeof(std::uint32_t))>
            bytes;
    };
    std::array<Control, kReadBurst> control{};
    std::array<SocketAddress, kReadBurst> source{};
    std::array<iovec, kReadBurst> vector{};
    std::array<mmsghdr, kReadBurst> message{};
};

DatagramReader::DatagramReader() : buffers_(std::make_unique<Buffers>()) {}
DatagramReader::~DatagramReader() = default;

namespace {

void read_control(msghdr& header, std::int64_t wall_offset_ns, Datagram& datagram) {
    for (cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr;
         part = CMSG_NXTHDR(&header, part)) {
        if (part->cmsg_level != SOL_SOCKET) continue;
        if (part->cmsg_type == SCM_TIMESTAMPNS) {
            timespec stamp{};
            std::memcpy(&stamp, CMSG_DATA(part), sizeof stamp);
            datagram.arrival = MonoTime{std::int64_t{stamp.tv_sec} * 1'000'000'000 + stamp.tv_nsec -
                                        wall_offset_ns};
        } else if (part->cmsg_type == SO_RXQ_OVFL) {
            std::memcpy(&datagram.overflow, CMSG_DATA(part), sizeof datagram.overflow);
        }
    }
}

}  // namespace

std::size_t DatagramReader::read(int fd, std::size_t limit, std::int64_t wall_offset_ns,
                                 const std::function<void(const Datagram&)>& each) {
    Buffers& b = *buffers_;
    const std::size_t count = std::min(limit, kReadBurst);
    for (std::size_t i = 0; i < count; ++i) {
        b.vector[i] = {b.data[i].data(), b.data[i].size()};
        b.message[i].msg_hdr = {.msg_name = &b.source[i],
                                .msg_namelen = sizeof b.source[i],
                                .msg_iov = &b.vector[i],
                                .msg_iovlen = 1,
                                .msg_control = b.control[i].bytes.data(),
                                .msg_controllen = b.control[i].bytes.size(),
                                .msg_flags = 0};
    }
    const int n =
        ::recvmmsg(fd, b.message.data(), static_cast<unsigned>(count), MSG_DONTWAIT, nullptr);
    if (n <= 0) return 0;  // empty, or an ICMP error of an RTCP report that nobody took
    for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) {
        Datagram datagram;
        datagram.bytes = ByteSpan(b.data[i].data(), b.message[i].msg_len);
        datagram.source = to_endpoint(b.source[i]);
        read_control(b.message[i].msg_hdr, wall_offset_ns, datagram);
        each(datagram);
    }
    return static_cast<std::size_t>(n);
}

void send_datagram(int fd, ByteSpan bytes, const Endpoint& to) {
    SocketAddress address{};
    const socklen_t length = to_socket_address(to, address);
    // The result does not matter: a report that is lost is followed by the next one.
    [[maybe_unused]] const ssize_t n =
        ::sendto(fd, bytes.data(), bytes.size(), MSG_DONTWAIT, &address.generic, length);
}

}  // namespace weir::forking
