// SPDX-License-Identifier: Apache-2.0
// The netlink sockets' system calls.
#include "dataplane/route/netlink_socket.hpp"

#include <array>
#include <cerrno>

#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "dataplane/route/netlink_message.hpp"

namespace weir::dataplane {
namespace {

constexpr std::array kGroups{RTNLGRP_LINK,        RTNLGRP_NEIGH,      RTNLGRP_IPV4_IFADDR,
                             RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE};

unsigned group_mask() {
    unsigned mask = 0;
    for (const auto group : kGroups)
        mask |= 1U << (static_cast<unsigned>(group) - 1U);
    return mask;
}

}  // namespace

Result<NetlinkSocket> NetlinkSocket::open(Groups groups, int receive_buffer) {
    UniqueFd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE));
    if (!fd.is_open()) return fail_errno("a netlink socket for the kernel's routes", errno);
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = groups == Groups::all ? group_mask() : 0;
    if (::bind(fd.get(), static_cast<const sockaddr*>(static_cast<const void*>(&address)),
               sizeof(address)) != 0)
        return fail_errno("listening to the kernel's routes", errno);
    // Beyond the system's limit with CAP_NET_ADMIN only; less is an overrun more often.
    if (::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, &receive_buffer,
                     sizeof(receive_buffer)) != 0)
        (void)::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer,
                           sizeof(receive_buffer));
    // The kernel filters dumps by table then; older ones send all, and we filter.
    const int strict = 1;
    (void)::setsockopt(fd.get(), SOL_NETLINK, NETLINK_GET_STRICT_CHK, &strict, sizeof(strict));
    return NetlinkSocket(std::move(fd));
}

Result<NetlinkSocket> NetlinkSocket::open_generic() {
    UniqueFd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_GENERIC));
    if (!fd.is_open()) return fail_errno("a generic netlink socket", errno);
    return NetlinkSocket(std::move(fd));
}

Result<void> NetlinkSocket::send(const NetlinkRequest& request) {
    const auto bytes = request.bytes();
    if (::send(fd_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT) >= 0) return {};
    if (errno == EAGAIN || errno == EINTR || errno == ENOBUFS)
        return fail(ErrorCode::unavailable, "the kernel's netlink takes no request now");
    return fail_errno("a netlink request", errno);
}

NetlinkSocket::Received NetlinkSocket::receive() {
    sockaddr_nl sender{};
    iovec place{buffer_.data(), buffer_.size()};
    msghdr message{};
    message.msg_name = &sender;
    message.msg_namelen = sizeof(sender);
    message.msg_iov = &place;
    message.msg_iovlen = 1;
    for (;;) {
        const auto length = ::recvmsg(fd_.get(), &message, MSG_DONTWAIT);
        if (length < 0) {
            if (errno == EINTR) continue;
            const bool is_overrun = errno == ENOBUFS;
            return {is_overrun ? Received::Kind::overrun : Received::Kind::nothing, {}};
        }
        // Other processes may send to us too: only the kernel is believed.
        if (sender.nl_pid != 0) continue;
        if ((message.msg_flags & MSG_TRUNC) != 0) return {Received::Kind::overrun, {}};
        return {Received::Kind::bytes, {buffer_.data(), static_cast<std::size_t>(length)}};
    }
}

Result<void> put_address(NetlinkSocket& socket, DeviceIndex device, const Prefix& address) {
    const auto sequence = socket.next_sequence();
    const std::string what = "putting " + address.to_string() + " on the device";
    WEIR_TRY(socket.send(put_address(device, address, sequence)));
    for (auto received = socket.receive(); received.kind == NetlinkSocket::Received::Kind::bytes;
         received = socket.receive()) {
        auto bytes = received.bytes;
        while (const auto message = next_message(bytes)) {
            if (message->sequence != sequence || !message->end) continue;
            const int error = message->end->error_number;
            if (error == 0 || error == EEXIST) return {};
            if (error == EPERM)
                return fail(ErrorCode::denied, what + ": weir-media needs CAP_NET_ADMIN for it");
            if (error == ENODEV) return fail(ErrorCode::not_found, what + ": it is gone");
            return fail_errno(what, error);
        }
    }
    return fail(ErrorCode::io, what + ": the kernel did not answer");
}

}  // namespace weir::dataplane
