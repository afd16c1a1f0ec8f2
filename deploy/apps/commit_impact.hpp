// SPDX-License-Identifier: Apache-2.0
// The impact of a commit: past calls through the configuration that runs and through the next one.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/base/address.hpp"
#include "config/base/result.hpp"
#include "dialplan/dial_plan.hpp"

namespace weir::apps {

// What a call record says of the call as it came.
struct PastCall {
    std::string setup;  // instant, as the record has it
    std::string guid;
    std::string calling;
    std::string called;
    std::optional<IpAddress> source;
};

struct PastCalls {
    std::vector<PastCall> calls;  // the oldest first
    std::size_t unreadable = 0;   // lines that are no record, or of a version without the numbers
};

// The last `count` records of a text of JSON lines; a line that begins before the text is left
// out. Thread: any; pure.
[[nodiscard]] PastCalls past_calls(std::string_view lines, std::size_t count);
// The end of the CDR file, at most kImpactBytes. Errors: not_found, io.
[[nodiscard]] Result<std::string> end_of_file(const std::string& path);
inline constexpr std::size_t kImpactBytes = 48U << 20U;  // 10,000 records of 4 KB, and some

// One thing that becomes different: "route", "peer", "translation", "codec", "recording",
// "refusal".
struct ImpactChange {
    std::string what;
    std::string before;
    std::string after;
    bool operator==(const ImpactChange&) const = default;
};

// Calls with the same changes.
struct ImpactGroup {
    std::vector<ImpactChange> changes;
    std::vector<PastCall> calls;
};

struct Impact {
    std::size_t calls = 0;  // looked at
    std::size_t changed = 0;
    std::size_t unreadable = 0;
    std::vector<ImpactGroup> groups;  // the largest first
};

// By the functions that route calls. The numbers, the source and what follows from them are known
// of a past call; its other headers are not, so a class that looks at them sees what a telephone
// system at that address would write. Hunting at random is drawn alike for both. Thread: any; pure.
[[nodiscard]] Impact commit_impact(const dialplan::DialPlan& before,
                                   const dialplan::DialPlan& after, const PastCalls& past);

[[nodiscard]] std::string impact_text(const Impact& impact);
// {"calls", "changed", "unreadable", "groups": [{"changes": [{"what", "before", "after"}],
// "calls": [{"setup", "guid", "calling", "called", "source"}]}]}
[[nodiscard]] std::string impact_json(const Impact& impact);

}  // namespace weir::apps
