// SPDX-License-Identifier: Apache-2.0
// The names of Q.850 causes as operators of IOS know them. Pure.
#pragma once

#include <string>
#include <string_view>

namespace weir::signaling {

// "normal call clearing"; "" for a cause without a name.
[[nodiscard]] std::string_view cause_name(int q850_cause);
// "normal call clearing (16)"; "cause 77 (77)" without a name; "" for 0: there was none.
[[nodiscard]] std::string cause_text(int q850_cause);

}  // namespace weir::signaling
