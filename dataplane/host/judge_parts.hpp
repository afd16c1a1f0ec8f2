// SPDX-License-Identifier: Apache-2.0
// What the judges of the modes share: the judgement in the making, and questions that several of
// them ask. Private to this folder.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>

#include "dataplane/host/judgement.hpp"

namespace weir::dataplane {

struct JudgeParts {
    const IoWish& wish;
    const MachineFacts& machine;
    Judgement judgement;

    void missing(std::string what, std::string command = "") {
        judgement.findings.push_back({Severity::missing, std::move(what), std::move(command)});
    }
    void warn(std::string what, std::string command = "") {
        judgement.findings.push_back({Severity::warning, std::move(what), std::move(command)});
    }
    void note(std::string what, std::string command = "") {
        judgement.findings.push_back({Severity::note, std::move(what), std::move(command)});
    }
};

// judge_kernel.cpp: modes that share a device with the kernel
void judge_af_xdp(JudgeParts& parts);
void judge_af_packet(JudgeParts& parts);
void judge_socket(JudgeParts& parts);
// judge_offload.cpp: flow offload in mode af_xdp, notes only: without it a worker has the packets
void judge_offload(JudgeParts& parts);
void judge_offload(JudgeParts& parts, const DeviceFacts& device, const std::string& text);
// judge_dpdk.cpp
void judge_dpdk(JudgeParts& parts);
// judge_resources.cpp
// CAP_SYS_ADMIN contains some of the others; a limit may do instead of IPC_LOCK.
[[nodiscard]] bool is_there(const JudgeParts& parts, Capability capability);
void judge_capabilities(JudgeParts& parts, std::initializer_list<Capability> needed);
void judge_descriptors(JudgeParts& parts);
void judge_memory(JudgeParts& parts);
void judge_cores(JudgeParts& parts);
void judge_priority(JudgeParts& parts);

}  // namespace weir::dataplane
