// SPDX-License-Identifier: Apache-2.0
// Unix SEQPACKET sockets: the few system calls that both ends of the media link need.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include <sys/types.h>

#include "config/base/bytes.hpp"
#include "config/base/result.hpp"
#include "config/base/unique_fd.hpp"

namespace weir::dataplane {

// How a non-blocking send or receive ended.
enum class Transfer : std::uint8_t { done, would_block, closed };

struct Received {
    Transfer outcome = Transfer::closed;
    std::size_t size = 0;  // the datagram's true length; more than the buffer's when it was cut
};

struct PeerCredentials {
    pid_t pid = 0;
    uid_t uid = 0;
};

// All sockets are non-blocking and close-on-exec.
// Errors: invalid (path longer than a Unix address holds), exists (another process serves it), io.
[[nodiscard]] Result<UniqueFd> listen_seqpacket(const std::string& path);
// Errors: unavailable (nobody listens there), invalid, io.
[[nodiscard]] Result<UniqueFd> connect_seqpacket(const std::string& path);
// Error unavailable: nobody waits.
[[nodiscard]] Result<UniqueFd> accept_seqpacket(int listener);

[[nodiscard]] Transfer send_datagram(int fd, ByteSpan datagram);
[[nodiscard]] Received receive_datagram(int fd, MutableByteSpan buffer);
[[nodiscard]] PeerCredentials peer_of(int fd);  // uid -1 when the kernel does not say

}  // namespace weir::dataplane
