// SPDX-License-Identifier: Apache-2.0
// MediaReports: what operators and scrapers ask of weir-media, answered together or after a limit.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/base/metrics.hpp"
#include "dataplane/api/media_plane.hpp"
#include "signaling/api/event_loop.hpp"

namespace weir::apps {

// Thread: sip. `plane` and `loop` outlive it.
class MediaReports final : public dataplane::MediaEvents {
public:
    using PlaneDone = std::function<void(std::optional<dataplane::PlaneReport>)>;
    // Reports in the order of the sessions asked for; those that have ended meanwhile are missing.
    using SessionsDone = std::function<void(std::vector<dataplane::Report>)>;

    MediaReports(dataplane::MediaPlane& plane, signaling::EventLoop& loop);

    void on_media_event(const dataplane::Event& event) override;

    // Each calls `done` once: with the answer, or with what came within kMediaReportLimit.
    // Of at most kMediaReportSessions: the link's queue belongs to calls first.
    void read_plane(PlaneDone done);
    void read_sessions(const std::vector<dataplane::SessionId>& sessions, SessionsDone done);

    // Called once, at the first PlaneUp.
    void set_on_first_up(std::function<void()> action) { on_first_up_ = std::move(action); }

private:
    struct SessionsQuestion {
        std::map<dataplane::RequestTag, std::size_t> open;  // tag -> position
        std::vector<std::optional<dataplane::Report>> reports;
        SessionsDone done;
        signaling::TimerId timer;
    };
    void finish(std::uint64_t question);

    dataplane::MediaPlane& plane_;
    signaling::EventLoop& loop_;
    std::function<void()> on_first_up_;
    std::map<dataplane::RequestTag, std::pair<PlaneDone, signaling::TimerId>> planes_;
    std::map<std::uint64_t, SessionsQuestion> questions_;
    std::map<dataplane::RequestTag, std::uint64_t> question_of_;
    std::uint64_t last_question_ = 0;
};

// One device of weir-media, as values.
struct DeviceLine {
    std::string name;
    std::string driver;
    bool is_up = false;
    std::uint64_t missed = 0;  // frames
    std::uint64_t tx_errors = 0;
};
// None in socket mode.
[[nodiscard]] std::vector<DeviceLine> devices_of(const dataplane::PlaneReport& report);
// "socket", "af_packet", "af_xdp", "dpdk".
[[nodiscard]] std::string io_mode_of(const dataplane::PlaneReport& report);

// The totals of weir-media as metrics.
[[nodiscard]] std::vector<Metric> plane_metrics(const dataplane::PlaneReport& report);

}  // namespace weir::apps
