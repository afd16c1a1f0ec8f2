// SPDX-License-Identifier: Apache-2.0
// Finding one call of the flight recorder by what an operator types, and the list when there are
// several.
#pragma once

#include <string>
#include <vector>

#include "signaling/trace/trace_reader.hpp"

namespace weir::apps {

// `words`: BOOT.CALL, a call number, a SIP Call-ID, a Cisco-Guid, a Session-ID or a number that
// called or was called: the first kind that finds something, the newest calls first. Reads files.
[[nodiscard]] std::vector<signaling::FoundCall> look_up(const std::string& directory,
                                                        const std::string& words);

// A line for each: when, who, whom, and its name for `weir trace`.
[[nodiscard]] std::string found_text(const std::vector<signaling::FoundCall>& calls);
[[nodiscard]] std::string found_json(const std::vector<signaling::FoundCall>& calls);
// "1763735000.17"
[[nodiscard]] std::string call_name(const signaling::TracedCall& call);

// The ladder of the newest one, or why it cannot be read; the others are named below it.
[[nodiscard]] Result<std::string> ladder_of(const std::string& directory,
                                            const std::vector<signaling::FoundCall>& calls,
                                            bool events);

}  // namespace weir::apps
