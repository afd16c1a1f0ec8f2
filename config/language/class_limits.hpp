// SPDX-License-Identifier: Apache-2.0
// How much one class may hold.
#pragma once

#include <cstddef>

namespace weir::config::language {

inline constexpr std::size_t kMaxPatternsInMap = 50000;  // inline e164 lines of one map
inline constexpr std::size_t kMaxGroupMembers = 20;      // of a dpg (spec A.8)
inline constexpr std::size_t kMaxServers = 5;            // of a server-group (spec A.9)
inline constexpr std::size_t kMaxHuntStops = 64;         // huntstop lines of a server-group
inline constexpr std::size_t kMaxHeaderNames = 64;       // of a passthru or copy list
inline constexpr std::size_t kMaxHeaderBytes = 64;       // of one header name
inline constexpr std::size_t kMaxProfileRules = 1024;    // of one voice class sip-profiles
inline constexpr std::size_t kMaxRuleSets = 10000;       // voice translation-rule
inline constexpr std::size_t kMaxTranslationProfiles = 10000;
inline constexpr std::size_t kTranslationProfileName = 31;  // characters (spec C.1)
inline constexpr std::size_t kMaxNumberExpansions = 250;    // num-exp (spec A.3)
inline constexpr std::size_t kMaxCorNames = 64;             // dial-peer cor custom
inline constexpr std::size_t kMaxCorLists = 1024;
inline constexpr std::size_t kMaxDnisMaps = 1000;
inline constexpr std::size_t kMaxDnisNumbers = 10000;  // of one dnis-map
inline constexpr std::size_t kMaxEnumRules = 1000;     // of one enum-match-table
inline constexpr std::size_t kUrlBytes = 256;  // flash:..., http://...

}  // namespace weir::config::language
