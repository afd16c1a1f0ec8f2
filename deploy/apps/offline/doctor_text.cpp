// SPDX-License-Identifier: Apache-2.0
// The doctor's report for people.
#include <algorithm>

#include <fmt/format.h>

#include "dataplane/host/descriptors.hpp"
#include "deploy/apps/offline/doctor.hpp"

namespace weir::apps {
namespace {

using dataplane::Finding;
using dataplane::Severity;

constexpr std::uint64_t kMib = 1U << 20U;

class Printer {
public:
    explicit Printer(bool colour) : colour_(colour) {}

    template <typename... Values>
    void line(fmt::format_string<Values...> form, Values&&... values) {
        text_ += fmt::format(form, std::forward<Values>(values)...) + "\n";
    }
    void mode(const dataplane::Judgement& judgement) {
        const bool works = judgement.works();
        line("  {:<10} {}", to_string(judgement.mode),
             works ? painted("yes", kGreen) : painted("no", kRed));
        for (const Finding& finding : judgement.findings)
            this->finding(finding);
    }
    void finding(const Finding& finding) {
        line("      {} {}", mark_of(finding.severity), finding.what);
        if (!finding.command.empty()) line("          {}", painted(finding.command, kBold));
    }
    [[nodiscard]] std::string painted(const std::string& word, const char* how) const {
        return colour_ ? fmt::format("\033[{}m{}\033[0m", how, word) : word;
    }
    [[nodiscard]] std::string take() { return std::move(text_); }

    static constexpr const char* kRed = "31";
    static constexpr const char* kGreen = "32";
    static constexpr const char* kYellow = "33";
    static constexpr const char* kBold = "1";

private:
    [[nodiscard]] std::string mark_of(Severity severity) const {
        switch (severity) {
            case Severity::missing:
                return painted("missing:", kRed);
            case Severity::warning:
                return painted("warning:", kYellow);
            case Severity::note:
                break;
        }
        return "note:";
    }

    bool colour_;
    std::string text_;
};

std::string described(const dataplane::DeviceFacts& device) {
    return fmt::format("device {} ({}{}, MTU {}, {} receive queue{})", device.name,
                       device.driver.empty() ? "" : device.driver + ", ",
                       device.is_up ? "up" : "down", device.mtu, device.rx_queues,
                       device.rx_queues == 1 ? "" : "s");
}

std::string title_of(const Diagnosis& diagnosis, const DoctorReport& report) {
    if (!diagnosis.device.empty()) {
        const auto* device = report.machine.device(diagnosis.device);
        return device == nullptr ? "device " + diagnosis.device : described(*device);
    }
    if (report.platform.empty()) return "devices of DPDK";
    std::string realms;
    for (const auto& realm : report.wish.realms) {
        const std::string device = report.machine.device_of(realm);
        realms += fmt::format("{}{} {}{}", realms.empty() ? "" : ", ", realm.name,
                              realm.address.to_string(),
                              device.empty() ? "" : fmt::format(" ({})", device));
    }
    return "realms: " + realms;
}

void print_verdict(const Diagnosis& diagnosis, const DoctorReport& report, Printer& printer) {
    if (diagnosis.device.empty() && report.platform.empty()) return;
    const char* const wanted = to_string(report.wanted);
    if (!diagnosis.taken) {
        printer.line("  {}", printer.painted("no mode works here", Printer::kRed));
    } else if (report.wanted == IoMode::automatic) {
        printer.line("  auto takes {} here", to_string(*diagnosis.taken));
    } else if (*diagnosis.taken == report.wanted) {
        printer.line("  media.io: {} works here", wanted);
    } else {
        printer.line("  {}",
                     printer.painted(fmt::format("media.io: {} does not work here; {} would be "
                                                 "taken instead",
                                                 wanted, to_string(*diagnosis.taken)),
                                     Printer::kRed));
    }
}

void print_resources(const DoctorReport& report, Printer& printer) {
    const auto& machine = report.machine;
    const auto& wish = report.wish;
    printer.line("resources");
    printer.line(
        "  descriptors  limit {}; {} sessions need {} in socket and af_packet, {} in dpdk "
        "and af_xdp",
        machine.descriptor_limit, wish.sessions,
        dataplane::descriptors_needed(IoMode::socket, wish.sessions),
        dataplane::descriptors_needed(IoMode::dpdk, wish.sessions));
    printer.line("  memory       {} MiB available; up to {} MiB wanted{}",
                 machine.memory_available / kMib, wish.memory_mib + wish.pre_roll_mib,
                 wish.hugepages ? fmt::format(", {} of them in hugepages", wish.memory_mib) : "");
    printer.line("  cores        {} usable ({}); {} worker{}", machine.cores.size(),
                 fmt::join(machine.cores, ", "), wish.workers(), wish.workers() == 1 ? "" : "s");
    for (const Finding& finding : report.resources)
        printer.finding(finding);
}

void print_user(const DoctorReport& report, Printer& printer) {
    if (report.machine.uid == 0) return;
    std::string others;
    for (const IoMode mode : report.as_root)
        others += fmt::format("{}{}", others.empty() ? "" : ", ", to_string(mode));
    printer.line("");
    printer.line(
        "This was judged for user {}, who may not try everything: root would{} see whose XDP "
        "programs are attached and whether the kernel loads ours.",
        report.machine.uid,
        others.empty() ? "" : fmt::format(" (as far as this user sees) have {}, and", others));
}

}  // namespace

std::string doctor_text(const DoctorReport& report, bool colour) {
    Printer printer(colour);
    if (report.platform.empty()) {
        printer.line(
            "weir doctor: without --platform FILE each device is judged as if a realm were "
            "on it; Linux {}",
            report.machine.kernel);
    } else {
        printer.line("weir doctor: {}, media.io: {}; Linux {}", report.platform,
                     to_string(report.wanted), report.machine.kernel);
    }
    for (const Diagnosis& diagnosis : report.diagnoses) {
        printer.line("");
        printer.line("{}", title_of(diagnosis, report));
        for (const auto& judgement : diagnosis.modes)
            printer.mode(judgement);
        print_verdict(diagnosis, report, printer);
    }
    printer.line("");
    print_resources(report, printer);
    print_user(report, printer);
    return printer.take();
}

}  // namespace weir::apps
