// SPDX-License-Identifier: Apache-2.0
// Names of interfaces in the router's spelling: "gi0/0/0" is GigabitEthernet0/0/0.
#pragma once

#include <string>
#include <string_view>

#include "config/base/result.hpp"

namespace weir::config {

// `word` and `unit` as they were typed: "gi0/0/0" and "", or "gi" and "0/0/0". The type may be
// abbreviated in any case; what is none of the router's types is taken as it is written, so a
// device of this machine ("eth0", "ens3") keeps its name. Refused: a unit that does not begin with
// a digit, and a type too short to tell ("t0/0/0"). Thread: any; linear.
[[nodiscard]] Result<std::string> interface_name(std::string_view word, std::string_view unit = {});

// Whether both names are the same interface.
[[nodiscard]] bool same_interface(std::string_view left, std::string_view right);

}  // namespace weir::config
