// SPDX-License-Identifier: Apache-2.0
// Questions to weir-media, kept by their tags until answered.
#include "deploy/apps/media_reports.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace weir::apps {

using dataplane::RequestTag;

MediaReports::MediaReports(dataplane::MediaPlane& plane, signaling::EventLoop& loop)
    : plane_(plane), loop_(loop) {}

void MediaReports::on_media_event(const dataplane::Event& event) {
    if (std::holds_alternative<dataplane::PlaneUp>(event)) {
        if (auto action = std::exchange(on_first_up_, nullptr)) action();
    } else if (const auto* report = std::get_if<dataplane::PlaneReport>(&event)) {
        auto node = planes_.extract(report->tag);
        if (node.empty()) return;
        loop_.cancel(node.mapped().second);
        node.mapped().first(*report);
    } else if (const auto* session = std::get_if<dataplane::Report>(&event)) {
        const auto found = question_of_.find(session->tag);
        if (found == question_of_.end()) return;
        SessionsQuestion& question = questions_.at(found->second);
        question.reports[question.open.at(session->tag)] = *session;
        question.open.erase(session->tag);
        const std::uint64_t number = found->second;
        question_of_.erase(found);
        if (question.open.empty()) finish(number);
    } else if (const auto* refused = std::get_if<dataplane::Refused>(&event)) {
        const auto found = question_of_.find(refused->tag);  // the session has ended
        if (found == question_of_.end()) return;
        const std::uint64_t number = found->second;
        questions_.at(number).open.erase(refused->tag);
        question_of_.erase(found);
        if (questions_.at(number).open.empty()) finish(number);
    }
}

void MediaReports::read_plane(PlaneDone done) {
    const RequestTag tag = plane_.next_tag();
    if (!plane_.submit(dataplane::ReadPlane{tag})) return done(std::nullopt);
    const auto timer = loop_.after(kMediaReportLimit, [this, tag] {
        auto node = planes_.extract(tag);
        if (!node.empty()) node.mapped().first(std::nullopt);
    });
    planes_.emplace(tag, std::pair{std::move(done), timer});
}

void MediaReports::read_sessions(const std::vector<dataplane::SessionId>& sessions,
                                 SessionsDone done) {
    const std::uint64_t number = ++last_question_;
    SessionsQuestion& question = questions_[number];
    question.done = std::move(done);
    const std::size_t count = std::min(sessions.size(), kMediaReportSessions);
    question.reports.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
        const RequestTag tag = plane_.next_tag();
        if (!plane_.submit(dataplane::ReadSession{tag, sessions[i]}))
            break;  // away, or its queue is full
        question.open[tag] = i;
        question_of_[tag] = number;
    }
    if (question.open.empty()) return finish(number);
    question.timer = loop_.after(kMediaReportLimit, [this, number] { finish(number); });
}

void MediaReports::finish(std::uint64_t number) {
    auto node = questions_.extract(number);
    if (node.empty()) return;
    SessionsQuestion& question = node.mapped();
    loop_.cancel(question.timer);
    for (const auto& [tag, position] : question.open)
        question_of_.erase(tag);
    std::vector<dataplane::Report> reports;
    for (const auto& report : question.reports)
        if (report) reports.push_back(*report);
    question.done(std::move(reports));
}

namespace {

void add_drops(const dataplane::PlaneReport& report, std::vector<Metric>& metrics) {
    for (std::size_t i = 0; i < report.drops.size(); ++i) {
        const auto& text = dataplane::text_of(static_cast<dataplane::Verdict>(i));
        metrics.push_back({"weir_dataplane_drops_total",
                           "RTP packets not relayed, by verdict",
                           MetricKind::counter,
                           static_cast<double>(report.drops[i]),
                           {{"verdict", std::string(text.name)}}});
    }
    for (std::size_t i = 0; i < report.fork_drops.size(); ++i) {
        const auto& text = dataplane::text_of(static_cast<dataplane::ForkDrop>(i));
        metrics.push_back({"weir_dataplane_fork_drops_total",
                           "eligible packets never copied, by reason",
                           MetricKind::counter,
                           static_cast<double>(report.fork_drops[i]),
                           {{"reason", std::string(text.name)}}});
    }
}

void add_control(const dataplane::PlaneReport::Control& control, std::vector<Metric>& metrics) {
    const auto add = [&](const char* name, const char* help, std::uint64_t value) {
        metrics.push_back({std::string("weir_dataplane_") + name + "_total",
                           help,
                           MetricKind::counter,
                           static_cast<double>(value),
                           {}});
    };
    add("sessions_opened", "media sessions opened", control.opened);
    add("requests_refused", "sessions, streams and copies refused", control.refused);
    add("orphans_released", "idle sessions that no weir-sip owned", control.orphans_released);
    add("sessions_adopted", "sessions taken over from a weir-media that died", control.adopted);
    add("adoption_failures", "sessions of a dead weir-media that could not be taken over",
        control.adoption_failures);
    add("worker_overdue", "answers that a worker owed too long", control.overdue);
    add("pre_roll_short", "recordable directions that got no pre-roll memory",
        control.pre_roll_short);
    add("accounts_undelivered", "final accounts that weir-sip did not come back for",
        control.undelivered);
}

std::string_view bounded(const char* text, std::size_t size) {
    return {text, ::strnlen(text, size)};
}

void add_io(const dataplane::PlaneReport& report, std::vector<Metric>& metrics) {
    using enum MetricKind;
    metrics.push_back({"weir_dataplane_io_mode",
                       "how packets come and go; always 1",
                       gauge,
                       1,
                       {{"mode", io_mode_of(report)}}});
    metrics.push_back({"weir_dataplane_punted_frames_total",
                       "frames that were not media and went to the host",
                       counter,
                       static_cast<double>(report.punted),
                       {}});
    metrics.push_back({"weir_dataplane_handed_over_frames_total",
                       "media frames given to the worker that owns their port",
                       counter,
                       static_cast<double>(report.handed_over),
                       {}});
    for (const DeviceLine& device : devices_of(report)) {
        const std::vector<std::pair<std::string, std::string>> labels{{"device", device.name},
                                                                      {"driver", device.driver}};
        const auto add = [&](const char* name, const char* help, MetricKind kind, auto value) {
            metrics.push_back({name, help, kind, static_cast<double>(value), labels});
        };
        add("weir_dataplane_device_up", "the device has a link", gauge, device.is_up ? 1 : 0);
        add("weir_dataplane_device_missed_frames_total",
            "frames that came and that no worker saw: full rings, no buffers", counter,
            device.missed);
        add("weir_dataplane_device_tx_errors_total", "frames that the device did not send", counter,
            device.tx_errors);
    }
}

}  // namespace

std::string io_mode_of(const dataplane::PlaneReport& report) {
    return std::string(bounded(report.io_mode, sizeof report.io_mode));
}

std::vector<DeviceLine> devices_of(const dataplane::PlaneReport& report) {
    std::vector<DeviceLine> lines;
    const std::size_t count = std::min<std::size_t>(report.device_count, report.devices.size());
    for (std::size_t i = 0; i < count; ++i) {
        const auto& device = report.devices[i];
        lines.push_back({std::string(bounded(device.name, sizeof device.name)),
                         std::string(bounded(device.driver, sizeof device.driver)),
                         device.is_up != 0, device.missed, device.tx_errors});
    }
    return lines;
}

std::vector<Metric> plane_metrics(const dataplane::PlaneReport& report) {
    using enum MetricKind;
    const auto number = [](auto value) { return static_cast<double>(value); };
    std::vector<Metric> metrics{
        {"weir_dataplane_sessions",
         "media sessions that are open",
         gauge,
         number(report.sessions),
         {}},
        {"weir_dataplane_session_slots",
         "media sessions that are possible",
         gauge,
         number(report.session_slots),
         {}},
        {"weir_dataplane_forks", "copies that run", gauge, number(report.forks), {}},
        {"weir_dataplane_ports_available",
         "RTP ports that can be leased",
         gauge,
         number(report.ports_available),
         {}},
        {"weir_dataplane_ports_in_use",
         "RTP ports that are leased",
         gauge,
         number(report.ports_in_use),
         {}},
        {"weir_dataplane_ports_quarantined",
         "RTP ports that rest after a call",
         gauge,
         number(report.ports_quarantined),
         {}},
        {"weir_dataplane_received_packets_total",
         "RTP packets received",
         counter,
         number(report.received),
         {}},
        {"weir_dataplane_relayed_packets_total",
         "RTP packets relayed",
         counter,
         number(report.relayed),
         {}},
        {"weir_dataplane_relayed_by_kernel_packets_total",
         "of the RTP packets relayed, those that the kernel relayed by itself",
         counter,
         number(report.relayed_by_kernel),
         {}},
        {"weir_dataplane_copied_packets_total",
         "RTP packets copied to recorders",
         counter,
         number(report.copied),
         {}},
        {"weir_dataplane_copied_by_kernel_packets_total",
         "of the RTP packets copied to recorders, those that the kernel sent by itself",
         counter,
         number(report.copied_by_kernel),
         {}},
        {"weir_dataplane_laws_broken_total",
         "conservation laws that did not hold: an error of ours",
         counter,
         number(report.laws_broken),
         {}},
        {"weir_dataplane_stale_commands_total",
         "commands for sessions that had ended",
         counter,
         number(report.stale_commands),
         {}},
        {"weir_dataplane_pre_roll_bytes",
         "memory that the pre-roll takes",
         gauge,
         number(report.pre_roll_bytes),
         {}},
        {"weir_dataplane_longest_turn_seconds",
         "longest turn of a worker",
         gauge,
         number(report.longest_turn_us) / 1e6,
         {}},
    };
    add_drops(report, metrics);
    add_control(report.control, metrics);
    add_io(report, metrics);
    return metrics;
}

}  // namespace weir::apps
