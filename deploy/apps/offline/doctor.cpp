// SPDX-License-Identifier: Apache-2.0
// The examination: platform.yaml, or each device, held against the facts of the machine.
#include "deploy/apps/offline/doctor.hpp"

#include <algorithm>

#include "dataplane/host/mode_choice.hpp"
#include "deploy/apps/io_wish.hpp"

namespace weir::apps {
namespace {

using dataplane::IoWish;
using dataplane::MachineFacts;
using dataplane::Severity;

Diagnosis diagnose(const IoWish& wish, const MachineFacts& machine,
                   const std::vector<IoMode>& modes) {
    Diagnosis diagnosis;
    for (const IoMode mode : modes)
        diagnosis.modes.push_back(judge(mode, wish, machine));
    const auto choice = dataplane::ModeChoice::of(wish, machine);
    diagnosis.taken = choice.current();
    diagnosis.passed_over = choice.passed_over();
    return diagnosis;
}

// A node on this device alone. Of flow offload it wants to hear only where af_xdp would go: of
// ifb0, of a dummy or of what is down the operator has not asked.
IoWish wish_on(const dataplane::DeviceFacts& device, const IoWish& defaults) {
    IoWish wish = defaults;
    wish.realms = {{"", {}, device.name}};
    wish.offload = defaults.offload && device.is_up && !device.is_loopback && !device.is_tap &&
                   device.runs_xdp.value_or(true);
    return wish;
}

void examine_devices(DoctorReport& report) {
    const auto add = [&](const dataplane::DeviceFacts& device) {
        report.diagnoses.push_back(diagnose(wish_on(device, report.wish), report.machine,
                                            {IoMode::af_xdp, IoMode::af_packet, IoMode::socket}));
        report.diagnoses.back().device = device.name;
    };
    for (const auto& device : report.machine.devices)
        if (!device.is_loopback) add(device);
    if (report.diagnoses.empty())  // a namespace with nothing but its loopback
        for (const auto& device : report.machine.devices)
            add(device);
    Diagnosis dpdk;
    dpdk.modes.push_back(judge(IoMode::dpdk, report.wish, report.machine));
    report.diagnoses.push_back(std::move(dpdk));
}

bool works_somewhere(IoMode mode, const DoctorReport& report) {
    return std::any_of(report.diagnoses.begin(), report.diagnoses.end(), [&](const auto& of) {
        return std::any_of(of.modes.begin(), of.modes.end(), [&](const auto& judged) {
            return judged.mode == mode && judged.works();
        });
    });
}

// As far as an ordinary user can see: with every capability that the machine has to give.
MachineFacts as_root(MachineFacts machine) {
    machine.uid = 0;
    machine.capabilities = machine.bounding;
    for (auto& device : machine.pci)
        device.may_open = true;
    if (machine.tun == dataplane::Probe::refused) machine.tun = dataplane::Probe::untried;
    return machine;
}

}  // namespace

bool DoctorReport::works() const {
    const bool resources_there = std::none_of(
        resources.begin(), resources.end(),
        [](const dataplane::Finding& finding) { return finding.severity == Severity::missing; });
    if (wanted != IoMode::automatic) return resources_there && works_somewhere(wanted, *this);
    return resources_there && std::any_of(diagnoses.begin(), diagnoses.end(),
                                          [](const auto& of) { return of.taken.has_value(); });
}

DoctorReport examine(const config::Platform* platform, const MachineFacts& machine) {
    const config::Platform defaults;
    DoctorReport report;
    report.machine = machine;
    report.wish = io_wish(platform == nullptr ? defaults : *platform);
    report.wanted = report.wish.mode;
    if (platform != nullptr) {
        report.platform = platform->file;
        report.diagnoses.push_back(
            diagnose(report.wish, machine,
                     {IoMode::dpdk, IoMode::af_xdp, IoMode::af_packet, IoMode::socket}));
    } else {
        examine_devices(report);
    }
    report.resources = judge_resources(report.wish, machine);
    if (machine.uid != 0) {
        const DoctorReport of_root = examine(platform, as_root(machine));
        for (const IoMode mode : kIoModes)
            if (!works_somewhere(mode, report) && works_somewhere(mode, of_root))
                report.as_root.push_back(mode);
    }
    return report;
}

}  // namespace weir::apps
