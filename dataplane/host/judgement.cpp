// SPDX-License-Identifier: Apache-2.0
// judge: dispatches to the modes, and what they have in common.
#include "dataplane/host/judgement.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dataplane/host/judge_parts.hpp"

namespace weir::dataplane {

bool Judgement::works() const {
    return std::none_of(findings.begin(), findings.end(), [](const Finding& finding) {
        return finding.severity == Severity::missing;
    });
}

std::string Judgement::reason() const {
    std::string text;
    for (const Finding& finding : findings) {
        if (finding.severity != Severity::missing) continue;
        text += (text.empty() ? "" : ", ") + finding.what;
        if (!finding.command.empty()) text += fmt::format(" ({})", finding.command);
    }
    return text;
}

Judgement judge(IoMode mode, const IoWish& wish, const MachineFacts& machine) {
    JudgeParts parts{wish, machine, {mode, {}}};
    switch (mode) {
        case IoMode::dpdk:
            judge_dpdk(parts);
            break;
        case IoMode::af_xdp:
            judge_af_xdp(parts);
            break;
        case IoMode::af_packet:
            judge_af_packet(parts);
            break;
        case IoMode::automatic:
        case IoMode::socket:
            judge_socket(parts);
            break;
    }
    judge_descriptors(parts);
    return std::move(parts.judgement);
}

std::vector<Finding> judge_resources(const IoWish& wish, const MachineFacts& machine) {
    JudgeParts parts{wish, machine, {}};
    judge_memory(parts);
    judge_cores(parts);
    judge_priority(parts);
    return std::move(parts.judgement.findings);
}

}  // namespace weir::dataplane
