// SPDX-License-Identifier: Apache-2.0
// Questions to weir-media: each is answered once, whatever weir-media does.
#include "deploy/apps/media_reports.hpp"

#include <cstring>

#include <gtest/gtest.h>

#include "deploy/apps/media_text.hpp"
#include "tests/support/fake_loop.hpp"
#include "tests/support/fake_media_plane.hpp"

namespace weir::apps {
namespace {

using dataplane::SessionId;

struct MediaReportsTest : testing::Test {
    MediaReportsTest() {
        plane.add_listener(reports);
        plane.come_up();
    }
    void answer(const dataplane::ReadSession& question) {
        dataplane::Report report;
        report.tag = question.tag;
        report.state.session = question.session;
        plane.emit(report);
    }

    tests::FakeLoop loop;
    tests::FakeMediaPlane plane;
    MediaReports reports{plane, loop};
    std::optional<std::vector<dataplane::Report>> got;
    std::function<void(std::vector<dataplane::Report>)> keep = [this](auto answers) {
        EXPECT_FALSE(got.has_value()) << "answered twice";
        got = std::move(answers);
    };
};

TEST_F(MediaReportsTest, SessionsComeInTheOrderAskedFor) {
    reports.read_sessions({SessionId{1, 1}, SessionId{2, 1}}, keep);
    const auto questions = plane.sent<dataplane::ReadSession>();
    ASSERT_EQ(questions.size(), 2U);
    answer(questions[1]);
    EXPECT_FALSE(got.has_value());
    answer(questions[0]);
    ASSERT_TRUE(got.has_value());
    EXPECT_EQ(got->at(0).state.session, (SessionId{1, 1}));
    EXPECT_EQ(loop.pending_timers(), 0U);
}

TEST_F(MediaReportsTest, ASessionThatHasEndedIsLeftOut) {
    reports.read_sessions({SessionId{1, 1}, SessionId{2, 1}}, keep);
    const auto questions = plane.sent<dataplane::ReadSession>();
    plane.emit(dataplane::Refused{questions[0].tag, dataplane::Refusal::unknown_session});
    answer(questions[1]);
    ASSERT_TRUE(got.has_value());
    EXPECT_EQ(got->size(), 1U);
}

TEST_F(MediaReportsTest, WhatDoesNotComeInTimeIsLeftOut) {
    reports.read_sessions({SessionId{1, 1}, SessionId{2, 1}}, keep);
    answer(plane.sent<dataplane::ReadSession>()[0]);
    loop.advance(kMediaReportLimit);
    ASSERT_TRUE(got.has_value());
    EXPECT_EQ(got->size(), 1U);
    answer(plane.sent<dataplane::ReadSession>()[1]);  // late: nobody waits
}

TEST_F(MediaReportsTest, WithoutWeirMediaTheAnswerIsEmptyAtOnce) {
    plane.go_down();
    reports.read_sessions({SessionId{1, 1}}, keep);
    ASSERT_TRUE(got.has_value());
    EXPECT_TRUE(got->empty());
}

TEST_F(MediaReportsTest, NoSessionsIsAnAnswerToo) {
    reports.read_sessions({}, keep);
    EXPECT_TRUE(got.has_value());
}

TEST_F(MediaReportsTest, AQuestionNeverTakesMoreThanItsShareOfTheLink) {
    reports.read_sessions(std::vector<SessionId>(2 * kMediaReportSessions, SessionId{1, 1}), keep);
    EXPECT_EQ(plane.sent<dataplane::ReadSession>().size(), kMediaReportSessions);
}

TEST_F(MediaReportsTest, ThePlaneIsReadOrGivenUp) {
    int answers = 0;
    bool with_report = false;
    const auto done = [&](const std::optional<dataplane::PlaneReport>& report) {
        ++answers;
        with_report = report.has_value();
    };
    reports.read_plane(done);
    dataplane::PlaneReport report;
    report.tag = plane.sent<dataplane::ReadPlane>()[0].tag;
    plane.emit(report);
    EXPECT_EQ(answers, 1);
    EXPECT_TRUE(with_report);
    reports.read_plane(done);
    loop.advance(kMediaReportLimit);
    EXPECT_EQ(answers, 2);
    EXPECT_FALSE(with_report);
}

TEST(PlaneMetrics, EveryVerdictHasItsCounter) {
    dataplane::PlaneReport report;
    report.drops[static_cast<std::size_t>(dataplane::Verdict::wrong_source)] = 7;
    bool found = false;
    for (const Metric& metric : plane_metrics(report))
        if (!metric.labels.empty() && metric.labels[0].second == "wrong_source")
            found = metric.value == 7;
    EXPECT_TRUE(found);
}

double value_of(const std::vector<Metric>& metrics, const std::string& name,
                const std::string& label = "") {
    for (const Metric& metric : metrics)
        if (metric.name == name &&
            (label.empty() || (!metric.labels.empty() && metric.labels[0].second == label)))
            return metric.value;
    return -1;
}

TEST(PlaneMetrics, TheControlThreadsCountersAreThere) {
    dataplane::PlaneReport report;
    report.control = {1, 2, 3, 4, 5, 6, 7, 8};
    const auto metrics = plane_metrics(report);
    EXPECT_EQ(value_of(metrics, "weir_dataplane_sessions_opened_total"), 1);
    EXPECT_EQ(value_of(metrics, "weir_dataplane_requests_refused_total"), 2);
    EXPECT_EQ(value_of(metrics, "weir_dataplane_orphans_released_total"), 3);
    EXPECT_EQ(value_of(metrics, "weir_dataplane_sessions_adopted_total"), 4);
    EXPECT_EQ(value_of(metrics, "weir_dataplane_adoption_failures_total"), 5);
    EXPECT_EQ(value_of(metrics, "weir_dataplane_worker_overdue_total"), 6);
    EXPECT_EQ(value_of(metrics, "weir_dataplane_pre_roll_short_total"), 7);
    EXPECT_EQ(value_of(metrics, "weir_dataplane_accounts_undelivered_total"), 8);
}

TEST(PlaneMetrics, WhatTheKernelRelayedHasACounterOfItsOwn) {
    dataplane::PlaneReport report;
    report.relayed = 5;
    report.relayed_by_kernel = 3;
    const auto metrics = plane_metrics(report);
    EXPECT_EQ(value_of(metrics, "weir_dataplane_relayed_packets_total"), 5);
    EXPECT_EQ(value_of(metrics, "weir_dataplane_relayed_by_kernel_packets_total"), 3);
    EXPECT_NE(media_text(report).find("5 relayed (3 by the kernel)"), std::string::npos);
    EXPECT_NE(media_json(report).find("\"relayed_by_kernel\":3"), std::string::npos);
}

TEST(PlaneMetrics, ModeAndDevicesAreThere) {
    dataplane::PlaneReport report;
    std::strcpy(report.io_mode, "af_xdp");
    report.device_count = 2;
    std::strcpy(report.devices[0].name, "eth0");
    report.devices[0].is_up = 1;
    report.devices[0].missed = 9;
    std::memset(report.devices[1].name, 'x', sizeof report.devices[1].name);  // no final zero
    const auto metrics = plane_metrics(report);
    EXPECT_EQ(value_of(metrics, "weir_dataplane_io_mode", "af_xdp"), 1);
    EXPECT_EQ(value_of(metrics, "weir_dataplane_device_up", "eth0"), 1);
    EXPECT_EQ(value_of(metrics, "weir_dataplane_device_missed_frames_total", "eth0"), 9);
    EXPECT_EQ(value_of(metrics, "weir_dataplane_device_up", std::string(24, 'x')), 0);
}

TEST(MediaText, SaysModeDevicesAndWhatWasNotRelayed) {
    dataplane::PlaneReport report;
    std::strcpy(report.io_mode, "af_xdp");
    report.device_count = 1;
    std::strcpy(report.devices[0].name, "eth0");
    std::strcpy(report.devices[0].driver, "net_af_xdp");
    report.devices[0].missed = 12;
    report.drops[static_cast<std::size_t>(dataplane::Verdict::wrong_source)] = 7;
    const std::string text = media_text(report);
    EXPECT_NE(text.find("Media I/O mode is af_xdp\n"), std::string::npos);
    EXPECT_NE(text.find("eth0            net_af_xdp      down              12             0\n"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("not relayed: 7 wrong_source"), std::string::npos);
    EXPECT_EQ(text.find("bad_header"), std::string::npos);
}

}  // namespace
}  // namespace weir::apps
