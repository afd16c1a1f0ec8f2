// SPDX-License-Identifier: Apache-2.0
// What weir-media reports of a running recording reaches its ledger.
#include "tests/unit/forking/session/recording_fixture.hpp"

namespace weir::tests {
namespace {

using Recording = RecordingTest;

TEST_F(Recording, ReportsBringTheLedgerUpToDate) {
    begin();
    loop.advance(seconds(1));
    const auto reads = media.sent<dataplane::ReadSession>();
    ASSERT_EQ(reads.size(), 1U);
    dataplane::Report report;
    report.tag = reads[0].tag;
    report.forks[0].present = 1;
    report.forks[0].account.sent = 42;
    media.emit(report);
    EXPECT_EQ(ledger.active().at(signaling::CallId{11}).tracks[0].fork.sent, 42U);
}

}  // namespace
}  // namespace weir::tests
