// SPDX-License-Identifier: Apache-2.0
// weir doctor: which I/O modes work on this machine, what is missing of the others, and the command
// that mends it. The examination is pure; its report is printed as text or JSON.
//
// Thread: any.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/platform/platform.hpp"
#include "dataplane/host/judgement.hpp"
#include "dataplane/host/machine.hpp"

namespace weir::apps {

// What is judged together: the realms of platform.yaml, or one device as if a realm were on it.
struct Diagnosis {
    std::string device;  // "" = the realms of platform.yaml, or dpdk without one
    std::vector<dataplane::Judgement> modes;
    std::optional<IoMode> taken;  // what weir-media would take, if all that it opens opens
    std::string passed_over;      // and why not what comes before it
};

struct DoctorReport {
    std::string platform;  // the file; "" = none was given
    IoMode wanted = IoMode::automatic;
    std::vector<Diagnosis> diagnoses;
    std::vector<dataplane::Finding> resources;
    std::vector<IoMode> as_root;  // modes that do not work for this user and might for root
    dataplane::IoWish wish;
    dataplane::MachineFacts machine;
    // Whether weir-media would run as platform.yaml says: the mode that it names, or any for auto.
    [[nodiscard]] bool works() const;
};

// `platform` null: every device but the loopback is judged.
[[nodiscard]] DoctorReport examine(const config::Platform* platform,
                                   const dataplane::MachineFacts& machine);

// For people; with ANSI colours if asked for.
[[nodiscard]] std::string doctor_text(const DoctorReport& report, bool colour);
// One JSON object, for programs.
[[nodiscard]] std::string doctor_json(const DoctorReport& report);

}  // namespace weir::apps
