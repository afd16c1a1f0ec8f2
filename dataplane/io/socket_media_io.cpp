// SPDX-License-Identifier: Apache-2.0
// Mode socket: an epoll set per worker and nothing else.
#include "dataplane/io/socket_media_io.hpp"

namespace weir::dataplane {

Result<std::unique_ptr<MediaIo>> SocketMediaIo::open(std::size_t realms,
                                                     std::span<const int> wake_fds,
                                                     BufferPool& pool) {
    auto media = std::make_unique<SocketMediaIo>();
    for (const int wake_fd : wake_fds) {
        auto io = SocketIo::create(realms, wake_fd, pool);
        if (!io) return fail(io.error());
        media->workers_.push_back(std::move(*io));
    }
    return media;
}

}  // namespace weir::dataplane
