// SPDX-License-Identifier: Apache-2.0
// Bounds of TLS connections.
#pragma once

#include <chrono>
#include <cstddef>

#include "config/base/limits.hpp"

namespace weir::signaling {

// Connections of one process, and of them from one address: as those of TCP. A TLS connection
// costs about 50 KB in OpenSSL, so all of them 50 MB.
inline constexpr std::size_t kTlsMaxConnections = kSipMaxConnections;
inline constexpr std::size_t kTlsMaxConnectionsPerSource = kSipMaxConnectionsPerSource;
// Bytes that wait for a slow peer; a connection with more is given up. Sixteen of the longest
// messages: a peer that reads at all never gets there.
inline constexpr std::size_t kTlsSendQueue = 16 * kSipMaxStreamMessage;
// Bytes read from one connection before the others have their turn.
inline constexpr std::size_t kTlsReadAtOnce = 4 * kSipMaxStreamMessage;
// Certificates between a peer's and its authority: real chains have three or four.
inline constexpr int kTlsMaxChain = 8;
// How long changes in the directory of certificates are gathered: a certificate and its key are
// two files, and copied one after the other.
inline constexpr std::chrono::milliseconds kPkiSettle{200};

}  // namespace weir::signaling
