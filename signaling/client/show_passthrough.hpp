// SPDX-License-Identifier: Apache-2.0
// The text of `show sip-ua registration passthrough status [detail]`. Thread: any; pure.
#pragma once

#include <string>
#include <vector>

#include "signaling/edge/binding_table.hpp"

namespace weir::signaling {

// A binding as it stands now.
struct BindingRow {
    Binding binding;
    std::string line;                  // user part of the address of record
    std::chrono::seconds in_left{0};   // of the endpoint's time
    std::chrono::seconds out_left{0};  // of the registrar's
};
[[nodiscard]] std::vector<BindingRow> binding_rows(const BindingTable& bindings, MonoTime now);

[[nodiscard]] std::string show_passthrough(const std::vector<BindingRow>& rows);
// With contact, source, registrar, Path and counts of each.
[[nodiscard]] std::string show_passthrough_detail(const std::vector<BindingRow>& rows);

}  // namespace weir::signaling
