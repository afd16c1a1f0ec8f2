// SPDX-License-Identifier: Apache-2.0
// The table of bindings.
#include "signaling/client/show_passthrough.hpp"

#include <fmt/format.h>

#include "config/base/text.hpp"
#include "signaling/client/passed_register.hpp"

namespace weir::signaling {
namespace {

constexpr const char* kNothing = "No endpoint behind us is registered\n";

}  // namespace

std::vector<BindingRow> binding_rows(const BindingTable& bindings, MonoTime now) {
    std::vector<BindingRow> rows;
    for (const auto& [token, binding] : bindings.all()) {
        if (binding.until <= now) continue;
        rows.push_back({binding, binding.aor.substr(0, binding.aor.find('@')),
                        left_until(binding.until, now), left_until(binding.registrar_until, now)});
    }
    return rows;
}

std::string show_passthrough(const std::vector<BindingRow>& rows) {
    if (rows.empty()) return kNothing;
    std::string text = fmt::format("{:<24} {:<6} {:<5} {:<7} {:<5} {:<7} {}\n", "Line", "peer",
                                   "mode", "In-Exp", "reg-I", "Out-Exp", "source");
    text += std::string(24, '=') + " ====== ===== ======= ===== ======= ======================\n";
    for (const BindingRow& row : rows)
        text +=
            fmt::format("{:<24} {:<6} {:<5} {:<7} {:<5} {:<7} {}/{}\n",
                        text::printable(row.line, 24), row.binding.peer.value(), "p2p",
                        row.in_left.count(), row.binding.registrar_index, row.out_left.count(),
                        row.binding.path.remote.to_string(), to_string(row.binding.path.transport));
    return text + fmt::format("\n{} bindings\n", rows.size());
}

std::string show_passthrough_detail(const std::vector<BindingRow>& rows) {
    if (rows.empty()) return kNothing;
    std::string text;
    for (const BindingRow& row : rows) {
        const Binding& binding = row.binding;
        std::string path;
        for (const std::string& hop : binding.routes)
            path += (path.empty() ? "" : ", ") + text::printable(hop);
        text += fmt::format(
            "{}Line: {}\n  Address of record: {}\n  Contact: {}\n  Source: {} over {}\n"
            "  Dial-peer: {}\n  Registrar: {} ({})\n  In-Exp: {} s, Out-Exp: {} s\n"
            "  Path: {}\n  Binding: {}\n  REGISTERs passed on: {}, answered here: {}\n",
            text.empty() ? "" : "\n", text::printable(row.line), text::printable(binding.aor),
            text::printable(binding.contact), binding.path.remote.to_string(),
            to_string(binding.path.transport), binding.peer.value(), binding.registrar_index,
            binding.registrar.to_string(), row.in_left.count(), row.out_left.count(),
            path.empty() ? "none" : path, binding.token, binding.asked, binding.answered_here);
    }
    return text;
}

}  // namespace weir::signaling
