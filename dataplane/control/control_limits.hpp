// SPDX-License-Identifier: Apache-2.0
// Bounds of dataplane/control that nobody else needs, each with unit and reason.
#pragma once

#include <chrono>

namespace weir::dataplane {

// After a command or an event of a worker its answers are looked for every kControlActivePoll for
// so long: an answer comes within a worker's longest sleep.
inline constexpr auto kControlTalk = std::chrono::milliseconds(20);
// Between two looks while sessions exist and nobody has said anything: at 1 ms it took a tenth of
// the core's work at 80,000 packets a second.
inline constexpr auto kControlCalmPoll = std::chrono::milliseconds(5);

}  // namespace weir::dataplane
