// SPDX-License-Identifier: Apache-2.0
// The difference of two configurations as `show archive config differences` prints it.
#pragma once

#include <string>
#include <string_view>

namespace weir::config {

// Lines of `after` that `before` lacks get a +, those that it loses a -, below the heads of their
// blocks, which are printed without a sign when both have them:
//
//     !Contextual Config Diffs:
//     dial-peer voice 10 voip
//      -preference 1
//      +preference 2
//     +dial-peer voice 20 voip
//      +destination-pattern 2...
//
// A line that only changed its place is removed and added. "!No changes were found\n" when there
// is no difference. Cut after kDiffMaxLines. The texts are those of print_running_config. Time:
// n log n of the lines. Thread: any; pure.
[[nodiscard]] std::string contextual_diff(std::string_view before, std::string_view after);

}  // namespace weir::config
