// SPDX-License-Identifier: Apache-2.0
// The system calls behind the media link.
#include "dataplane/link/seqpacket.hpp"

#include <cerrno>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace weir::dataplane {
namespace {

Result<sockaddr_un> unix_address(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path) {
        return fail(ErrorCode::invalid, "the socket path '" + path + "' must have 1 to " +
                                            std::to_string(sizeof address.sun_path - 1) +
                                            " characters: choose a shorter paths.runtime");
    }
    std::memcpy(address.sun_path, path.c_str(), path.size());
    return address;
}

const sockaddr* generic(const sockaddr_un& address) {
    return reinterpret_cast<const sockaddr*>(&address);
}

Result<UniqueFd> make_socket() {
    UniqueFd fd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd.is_open()) return fail_errno("cannot make a Unix socket", errno);
    // Room for a burst of reports of 8 KB each; the kernel cuts it to its own maximum.
    const int size = 1 << 20;
    (void)::setsockopt(fd.get(), SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    return fd;
}

// True when a process accepts connections at the address: a left-over file refuses them.
bool is_served(const sockaddr_un& address) {
    auto probe = make_socket();
    if (!probe) return false;
    return ::connect(probe->get(), generic(address), sizeof address) == 0 || errno == EAGAIN;
}

}  // namespace

Result<UniqueFd> listen_seqpacket(const std::string& path) {
    const auto address = unix_address(path);
    if (!address) return fail(address.error());
    auto fd = make_socket();
    if (!fd) return fd;
    if (is_served(*address)) {
        return fail(ErrorCode::exists, "another process serves the media link at '" + path +
                                           "': stop it, or use another paths.runtime");
    }
    struct stat file {};
    if (::lstat(path.c_str(), &file) == 0 && !S_ISSOCK(file.st_mode)) {
        return fail(ErrorCode::exists, "'" + path + "' exists and is not a socket: remove it");
    }
    (void)::unlink(path.c_str());  // what a killed predecessor left
    if (::bind(fd->get(), generic(*address), sizeof *address) != 0)
        return fail_errno("cannot bind the media link at '" + path + "'", errno);
    (void)::chmod(path.c_str(), 0660);
    if (::listen(fd->get(), 8) != 0)
        return fail_errno("cannot listen on the media link at '" + path + "'", errno);
    return fd;
}

Result<UniqueFd> connect_seqpacket(const std::string& path) {
    const auto address = unix_address(path);
    if (!address) return fail(address.error());
    auto fd = make_socket();
    if (!fd) return fd;
    if (::connect(fd->get(), generic(*address), sizeof *address) == 0) return fd;
    const int error = errno;
    if (error == ENOENT || error == ECONNREFUSED || error == EAGAIN) {
        return fail(ErrorCode::unavailable,
                    "nobody serves the media link at '" + path + "': " + std::strerror(error));
    }
    return fail_errno("cannot connect to the media link at '" + path + "'", error);
}

Result<UniqueFd> accept_seqpacket(int listener) {
    UniqueFd fd(::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd.is_open()) return fail(ErrorCode::unavailable, std::strerror(errno));
    const int size = 1 << 20;
    (void)::setsockopt(fd.get(), SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    return fd;
}

Transfer send_datagram(int fd, ByteSpan datagram) {
    while (true) {
        if (::send(fd, datagram.data(), datagram.size(), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
            return Transfer::done;
        if (errno == EINTR) continue;
        // ENOBUFS: the kernel is short of memory for a moment; the datagram stays with the caller.
        if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS)
            return Transfer::would_block;
        return Transfer::closed;
    }
}

Received receive_datagram(int fd, MutableByteSpan buffer) {
    while (true) {
        const auto size = ::recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT | MSG_TRUNC);
        // On SEQPACKET an empty datagram cannot be told from the end; neither is of use.
        if (size == 0) return {Transfer::closed, 0};
        if (size > 0) return {Transfer::done, static_cast<std::size_t>(size)};
        if (errno == EINTR) continue;
        if (errno == EAGAIN || errno == EWOULDBLOCK) return {Transfer::would_block, 0};
        return {Transfer::closed, 0};
    }
}

PeerCredentials peer_of(int fd) {
    ucred credentials{};
    socklen_t size = sizeof credentials;
    if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0)
        return {0, static_cast<uid_t>(-1)};
    return {credentials.pid, credentials.uid};
}

}  // namespace weir::dataplane
