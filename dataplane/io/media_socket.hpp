// SPDX-License-Identifier: Apache-2.0
// open_media_socket: a UDP socket as the worker wants it: bound, non-blocking, with kernel receive
// time stamps and the overflow counter.
//
// Thread: control, which owns the descriptor and closes it after Closed or ForkClosed.
#pragma once

#include <cstdint>

#include "config/base/address.hpp"
#include "config/base/result.hpp"

namespace weir::dataplane {

struct MediaSocketOptions {
    std::uint8_t dscp = 46;  // EF (RFC 3246); 0..63
    // Bytes of kernel memory asked for; the kernel gives at most net.core.rmem_max (and counts its
    // own overhead: 200 bytes of RTP take about 770).
    int receive_buffer = 1 << 20;
    int send_buffer = 1 << 20;
};

// Binds `local` (port 0: any). Errors: exists (port in use), not_found (address not of this host),
// exhausted (descriptors), io.
[[nodiscard]] Result<int> open_media_socket(const Endpoint& local,
                                            const MediaSocketOptions& options = {});
// The address and port that a socket is bound to.
[[nodiscard]] Result<Endpoint> local_endpoint(int fd);

}  // namespace weir::dataplane
