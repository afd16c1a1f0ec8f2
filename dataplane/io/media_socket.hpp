// SPDX-License-Identifier: Apache-2.0
// Sockets of media ports: open_media_socket, as the worker of mode socket wants it: bound,
// non-blocking, with kernel receive time stamps and the overflow counter; and reserve_media_port,
// which only keeps the kernel silent and everybody else away.
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
// Binds `local` with a filter that drops all: the kernel answers no datagram with an ICMP error and
// gives the port to nobody else, while the packets come to us by another way. Bears the mark by
// which the classifier knows it (tc/ingress_classifier.bpf.c). Errors: likewise.
[[nodiscard]] Result<int> reserve_media_port(const Endpoint& local);
// The address and port that a socket is bound to.
[[nodiscard]] Result<Endpoint> local_endpoint(int fd);

}  // namespace weir::dataplane
