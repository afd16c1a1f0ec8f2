// SPDX-License-Identifier: Apache-2.0
// Bounds of TLS connections.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "config/base/limits.hpp"
#include "signaling/sip/connection_table.hpp"

namespace weir::signaling {

// Connections of one process, and of them from one address: as those of TCP. A TLS connection
// costs about 50 KB in OpenSSL, so all of them 50 MB.
inline constexpr std::size_t kTlsMaxConnections = kSipMaxConnections;
inline constexpr std::size_t kTlsMaxConnectionsPerSource = kSipMaxConnectionsPerSource;
// Connections of addresses that are on no list, where endpoints may register over TLS: as those of
// TCP. The others are the peers' and those of endpoints that have registered.
inline constexpr std::size_t kTlsMaxStrangers = kMaxStrangerConnections;
// Handshakes of strangers in a second, of all together: one costs 1.1 ms of the SIP thread (TLS
// 1.3, mutual, RSA with 2048 bits; measured on openssl's own server), so a twentieth of it; of one
// address kStrangerPerSecond. 1,000 endpoints that come back at once are all there within 20 s.
inline constexpr std::int64_t kTlsStrangersPerSecond = 50;
inline constexpr std::int64_t kTlsStrangersAtOnce = 100;
// A stranger's time from its connection to a REGISTER that is passed on.
inline constexpr std::chrono::seconds kTlsStrangerPatience{10};
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
