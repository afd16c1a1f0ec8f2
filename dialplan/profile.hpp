// SPDX-License-Identifier: Apache-2.0
// Translation profiles applied to the numbers of a call (spec C.3, C.4); for the files of this
// folder.
#pragma once

#include <optional>
#include <vector>

#include "dialplan/compiled.hpp"
#include "dialplan/route.hpp"

namespace weir::dialplan {

// The three numbers of an INVITE that profiles change.
struct CallNumbers {
    TypedNumber calling;
    TypedNumber called;
    TypedNumber redirecting;
};

// Applies each rule set of the profile to its number and notes what it did. False: a reject rule
// matched; the step that says so is the last one.
[[nodiscard]] bool apply_profile(const CompiledProfile& profile,
                                 std::optional<config::DialPeerTag> outbound, CallNumbers& numbers,
                                 std::vector<TranslationStep>& steps);

// call-block: whether a reject rule of the profile matches its number. Nothing is changed.
[[nodiscard]] std::optional<TranslationStep> blocked_by(const CompiledProfile& profile,
                                                        const CallNumbers& numbers);

}  // namespace weir::dialplan
