// SPDX-License-Identifier: Apache-2.0
// Bounds of the resolver.
#pragma once

#include <chrono>
#include <cstddef>

namespace weir::signaling {

inline constexpr std::size_t kDnsNameBytes = 253;        // RFC 1035 3.1, without the final dot
inline constexpr std::size_t kDnsPointers = 32;          // compression pointers within one name
inline constexpr std::size_t kDnsRecordsPerAnswer = 64;  // what is read of one answer
inline constexpr std::size_t kDnsAliases = 8;            // CNAMEs followed from a name
// Questions whose answers are kept: ten thousand dial-peers with a name each.
inline constexpr std::size_t kDnsCacheEntries = 10'000;
inline constexpr std::size_t kDnsOpenQuestions = 1'000;  // asked and not answered
inline constexpr std::size_t kDnsHops = 16;              // addresses of one destination
// Times that answers are kept, whatever they say (RFC 1035 3.2.1 allows 68 years, and 0).
inline constexpr std::chrono::seconds kDnsShortest{1};
inline constexpr std::chrono::seconds kDnsLongest{86'400};
inline constexpr std::chrono::seconds kDnsNegative{60};          // without an SOA (RFC 2308 5)
inline constexpr std::chrono::seconds kDnsLongestNegative{300};  // a new record is seen soon
// After a server that did not answer the question is asked again; until then, and for as long as
// it stays silent, the last answer is used: a broken name server must not stop calls.
inline constexpr std::chrono::seconds kDnsRetry{5};
// One question: a second for each try, as calls wait for it.
inline constexpr std::chrono::milliseconds kDnsTry{1'000};
inline constexpr int kDnsTries = 2;

}  // namespace weir::signaling
