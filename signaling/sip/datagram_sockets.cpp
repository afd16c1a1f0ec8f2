// SPDX-License-Identifier: Apache-2.0
// DatagramSockets; see datagram_sockets.hpp.
#include "signaling/sip/datagram_sockets.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <linux/errqueue.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "config/base/limits.hpp"
#include "signaling/sip/port_probe.hpp"
#include "signaling/sip/receive_stamps.hpp"
#include "signaling/sip/socket_address.hpp"

namespace weir::signaling {
namespace {

// Datagrams taken by one system call: at full load most calls bring several, and the timers wait
// for no more than these.
constexpr std::size_t kBatch = 16;
// Reports of errors read in one turn, and the turns with datagrams that they may be put off for.
constexpr std::size_t kErrorsPerTurn = 64;
constexpr unsigned kErrorsWait = 64;
constexpr std::size_t kControlBytes = 128;

template <typename Value>
void set_option(int fd, int level, int name, Value value) {
    (void)setsockopt(fd, level, name, &value, sizeof value);  // worse without it, not wrong
}

// Errors of ICMP are told through the error queue; datagrams larger than the path's MTU go out in
// fragments, as SIP over UDP has always done.
void set_options(int fd, bool is_ipv6) {
    enable_receive_stamps(fd);
    set_option(fd, SOL_SOCKET, SO_RCVBUF, static_cast<int>(kSipReceiveBuffer));
    if (is_ipv6) {
        set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
        set_option(fd, IPPROTO_IPV6, IPV6_RECVERR, 1);
        set_option(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DONT);
    } else {
        set_option(fd, IPPROTO_IP, IP_RECVERR, 1);
        set_option(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT);
    }
}

const sockaddr& as_sockaddr(const sockaddr_storage& storage) {
    const void* memory = &storage;
    return *static_cast<const sockaddr*>(memory);
}

// Whether a report of the network says that what was sent cannot have been taken.
bool says_unreachable(msghdr& header) {
    for (cmsghdr* c = CMSG_FIRSTHDR(&header); c != nullptr; c = CMSG_NXTHDR(&header, c)) {
        const bool is_report = (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) ||
                               (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR);
        if (!is_report) continue;
        sock_extended_err error{};
        std::memcpy(&error, CMSG_DATA(c), sizeof error);
        return error.ee_errno != EMSGSIZE;
    }
    return false;
}

}  // namespace

struct DatagramSockets::Batch {
    std::array<mmsghdr, kBatch> headers{};
    std::array<iovec, kBatch> parts{};
    std::array<sockaddr_storage, kBatch> sources{};
    alignas(cmsghdr) std::array<std::array<char, kControlBytes>, kBatch> control{};
    std::array<std::array<char, kSipMaxDatagram + 1>, kBatch> bytes{};

    void prepare() {
        for (std::size_t i = 0; i < kBatch; ++i) {
            parts[i] = {.iov_base = bytes[i].data(), .iov_len = bytes[i].size()};
            headers[i].msg_hdr = {.msg_name = &sources[i],
                                  .msg_namelen = sizeof sources[i],
                                  .msg_iov = &parts[i],
                                  .msg_iovlen = 1,
                                  .msg_control = control[i].data(),
                                  .msg_controllen = kControlBytes,
                                  .msg_flags = 0};
        }
    }
};

DatagramSockets::DatagramSockets(EventLoop& loop, Callbacks callbacks)
    : loop_(loop), callbacks_(std::move(callbacks)), batch_(std::make_unique<Batch>()) {}

DatagramSockets::~DatagramSockets() {
    for (const auto& listener : listeners_)
        loop_.unwatch(listener->watch);
}

Result<void> DatagramSockets::open(const Endpoint& address) {
    WEIR_TRY(probe_port({.transport = SipTransport::udp, .address = address}));
    sockaddr_storage storage{};
    const socklen_t length = to_sockaddr(address, storage);
    auto listener = std::make_unique<Listener>();
    listener->fd =
        UniqueFd(::socket(storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int fd = listener->fd.get();
    if (fd < 0) return fail_errno("cannot make a UDP socket", errno);
    set_options(fd, storage.ss_family == AF_INET6);
    if (::bind(fd, &as_sockaddr(storage), length) != 0)
        return fail_errno("cannot listen for SIP on UDP port " + address.to_string(), errno);
    listener->address = local_endpoint(fd);
    const auto watch = loop_.watch(fd, [this, raw = listener.get()] { read(*raw); });
    if (!watch) return fail(watch.error());
    listener->watch = *watch;
    listeners_.push_back(std::move(listener));
    return {};
}

std::vector<Endpoint> DatagramSockets::listeners() const {
    std::vector<Endpoint> result;
    for (const auto& listener : listeners_)
        result.push_back(listener->address);
    return result;
}

const DatagramSockets::Listener* DatagramSockets::find(const SipPath& path) const {
    for (const auto& listener : listeners_)
        if (is_outlet(listener->address, path)) return listener.get();
    return nullptr;
}

const Endpoint* DatagramSockets::outlet(const SipPath& path) const {
    const Listener* listener = find(path);
    return listener == nullptr ? nullptr : &listener->address;
}

// A socket tells the errors of earlier datagrams (a port that is closed) to whoever uses it next,
// once each: those are asked for again.
Result<void> DatagramSockets::send(const SipPath& path, std::string_view text) const {
    const Listener* listener = find(path);
    if (listener == nullptr)
        return fail(ErrorCode::not_found, "no udp listener at " + path.local.to_string() +
                                              " to reach " + path.remote.to_string());
    sockaddr_storage storage{};
    const socklen_t length = to_sockaddr(path.remote, storage);
    constexpr int kAttempts = 3;
    for (int attempt = 1;; ++attempt) {
        if (::sendto(listener->fd.get(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                     &as_sockaddr(storage), length) >= 0 ||
            errno == EAGAIN || errno == ENOBUFS)
            return {};
        if (attempt == kAttempts)
            return fail_errno("cannot send to udp " + path.remote.to_string(), errno);
    }
}

void DatagramSockets::read(Listener& listener) {
    batch_->prepare();
    const int count =
        recvmmsg(listener.fd.get(), batch_->headers.data(), kBatch, MSG_DONTWAIT, nullptr);
    if (count <= 0 || ++listener.turns_since_errors >= kErrorsWait) read_errors(listener);
    for (int i = 0; i < count; ++i) {
        const auto at = static_cast<std::size_t>(i);
        msghdr& header = batch_->headers[at].msg_hdr;
        const SipPath path{
            .transport = SipTransport::udp,
            .local = listener.address,
            .remote = to_endpoint(as_sockaddr(batch_->sources[at]), header.msg_namelen)};
        callbacks_.on_datagram({batch_->bytes[at].data(), batch_->headers[at].msg_len}, path,
                               arrival_time(header, loop_.clock().now()));
    }
}

void DatagramSockets::read_errors(Listener& listener) {
    listener.turns_since_errors = 0;
    std::vector<Endpoint> told;
    for (std::size_t i = 0; i < kErrorsPerTurn; ++i) {
        sockaddr_storage target{};
        alignas(cmsghdr) std::array<char, 512> control{};
        msghdr header{};
        header.msg_name = &target;
        header.msg_namelen = sizeof target;
        header.msg_control = control.data();
        header.msg_controllen = control.size();
        if (recvmsg(listener.fd.get(), &header, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return;
        if (!says_unreachable(header)) continue;
        const Endpoint remote = to_endpoint(as_sockaddr(target), header.msg_namelen);
        if (!remote.is_set() || std::find(told.begin(), told.end(), remote) != told.end()) continue;
        told.push_back(remote);
        callbacks_.on_unreachable(remote);
    }
}

}  // namespace weir::signaling
