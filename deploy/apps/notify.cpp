// SPDX-License-Identifier: Apache-2.0
// One datagram to $NOTIFY_SOCKET.
#include "deploy/apps/notify.hpp"

#include <cstddef>
#include <cstdlib>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>

#include "config/base/unique_fd.hpp"

namespace weir::apps {

void notify_ready(const std::string& status) {
    const char* const path = std::getenv("NOTIFY_SOCKET");
    sockaddr_un address{};
    if (path == nullptr || *path == '\0' || std::strlen(path) >= sizeof address.sun_path) return;
    address.sun_family = AF_UNIX;
    const std::size_t length = std::strlen(path);
    std::memcpy(address.sun_path, path, length);
    if (path[0] == '@') address.sun_path[0] = '\0';  // abstract name
    const UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const std::string message = "READY=1\nSTATUS=" + status + "\n";
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
    // The starter sees that we run even without this message; nothing sensible could be done here.
    (void)::sendto(fd.get(), message.data(), message.size(), MSG_NOSIGNAL,
                   reinterpret_cast<const sockaddr*>(&address), size);
}

}  // namespace weir::apps
