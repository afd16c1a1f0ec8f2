// SPDX-License-Identifier: Apache-2.0
// Prints a plane report. Counters that are zero are left out where there are many.
#include "deploy/apps/media_text.hpp"

#include <iterator>

#include <fmt/format.h>

#include "dataplane/api/verdict.hpp"
#include "deploy/apps/media_reports.hpp"

namespace weir::apps {
namespace {

using Out = std::back_insert_iterator<std::string>;

void print_drops(const dataplane::PlaneReport& report, Out out) {
    for (std::size_t i = 0; i < report.drops.size(); ++i) {
        if (report.drops[i] == 0) continue;
        const auto& text = dataplane::text_of(static_cast<dataplane::Verdict>(i));
        fmt::format_to(out, "  not relayed: {} {} ({})\n", report.drops[i], text.name, text.help);
    }
    for (std::size_t i = 0; i < report.fork_drops.size(); ++i) {
        if (report.fork_drops[i] == 0) continue;
        const auto& text = dataplane::text_of(static_cast<dataplane::ForkDrop>(i));
        fmt::format_to(out, "  not copied: {} {} ({})\n", report.fork_drops[i], text.name,
                       text.help);
    }
}

void print_devices(const dataplane::PlaneReport& report, Out out) {
    const auto devices = devices_of(report);
    if (devices.empty()) return;
    fmt::format_to(out, "{:<16}{:<16}{:<6}{:>14}{:>14}\n", "Device", "Driver", "Link", "Missed",
                   "Send errors");
    for (const DeviceLine& device : devices)
        fmt::format_to(out, "{:<16}{:<16}{:<6}{:>14}{:>14}\n", device.name, device.driver,
                       device.is_up ? "up" : "down", device.missed, device.tx_errors);
}

void print_control(const dataplane::PlaneReport::Control& control, Out out) {
    fmt::format_to(out,
                   "Since its start weir-media opened {} sessions, refused {} requests, took over "
                   "{} sessions of a predecessor and lost {}\n",
                   control.opened, control.refused, control.adopted, control.adoption_failures);
    fmt::format_to(out,
                   "Orphans released: {}, answers overdue: {}, directions without pre-roll: {}, "
                   "accounts undelivered: {}\n",
                   control.orphans_released, control.overdue, control.pre_roll_short,
                   control.undelivered);
}

}  // namespace

std::string media_text(const dataplane::PlaneReport& report) {
    std::string text;
    const Out out(text);
    fmt::format_to(out, "Media I/O mode is {}\n", io_mode_of(report));
    print_devices(report, out);
    fmt::format_to(out, "Sessions: {} of {}, copies: {}, pre-roll: {} bytes\n", report.sessions,
                   report.session_slots, report.forks, report.pre_roll_bytes);
    fmt::format_to(out, "RTP ports: {} available, {} in use, {} resting\n", report.ports_available,
                   report.ports_in_use, report.ports_quarantined);
    fmt::format_to(
        out, "Packets: {} received, {} relayed ({} by the kernel), {} copied ({} by the kernel)\n",
        report.received, report.relayed, report.relayed_by_kernel, report.copied,
        report.copied_by_kernel);
    print_drops(report, out);
    fmt::format_to(out, "Frames: {} for the host, {} handed over between workers\n", report.punted,
                   report.handed_over);
    print_control(report.control, out);
    if (report.laws_broken != 0)
        fmt::format_to(out, "Conservation laws broken: {}: an error of ours, see the log\n",
                       report.laws_broken);
    return text;
}

std::string rtp_stats_text(const dataplane::PlaneReport& report) {
    std::string text = "VoIP RTP statistics of all calls since weir-media has started:\n";
    const Out out(text);
    const auto line = [&](const char* what, std::uint64_t value) {
        fmt::format_to(out, "{:<30}: {}\n", what, value);
    };
    line("Sessions now", report.sessions);
    line("Copies to recorders now", report.forks);
    line("RTP ports in use", report.ports_in_use);
    line("Packets received", report.received);
    line("Packets relayed", report.relayed);
    line("Packets copied to recorders", report.copied);
    print_drops(report, out);
    return text;
}

}  // namespace weir::apps
