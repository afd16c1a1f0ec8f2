// SPDX-License-Identifier: Apache-2.0
// A successor on a session whose recorder was served by the kernel: the program of the dead one
// went on for a while, and nobody was told what it sent.
#include "tests/unit/dataplane/engine/copies_fixture.hpp"

namespace weir::dataplane::tests {
namespace {

class CopiesRestart : public CopiesEngine {
protected:
    // The caller's next packet; the number that its copy has.
    std::uint16_t copy_of(std::uint16_t sequence) {
        io->sent.clear();
        caller_sends_frame(sequence);
        turn();
        const auto copies = io->sent_to(kRecorder);
        EXPECT_EQ(copies.size(), 1U);
        return copies.empty() ? std::uint16_t{0}
                              : sequence_of(read_sent(copies[0].bytes, kRecorder).payload);
    }
};

TEST_F(CopiesRestart, AStreamThatGoesOnKeepsItsNumbersAtTheRecorder) {
    open_copied();
    kernel_copies(++last);
    restart();
    EXPECT_EQ(copy_of(static_cast<std::uint16_t>(last + 300)),
              static_cast<std::uint16_t>(last + 300));
}

TEST_F(CopiesRestart, NumbersThatTheRecorderMayHaveAlreadyAreNotUsedAgain) {
    open_copied();
    kernel_copies(++last);
    restart();
    // So far away that it counts as a new beginning (RFC 3550 A.1).
    EXPECT_EQ(copy_of(static_cast<std::uint16_t>(last + 9000)), last + 1 + kUnseenCopies);
    EXPECT_EQ(account().skipped, kUnseenCopies);
}

TEST_F(CopiesRestart, BehindThemTheyGoOnByOne) {
    open_copied();
    restart();
    const std::uint16_t first = copy_of(static_cast<std::uint16_t>(last + 9000));
    EXPECT_EQ(copy_of(static_cast<std::uint16_t>(last + 9001)), first + 1);
    EXPECT_EQ(copy_of(static_cast<std::uint16_t>(last + 20000)), first + 2);
}

TEST_F(CopiesRestart, AForkThatWasNotAdoptedBeginsAnewWithoutAGap) {
    open_plain();
    record();
    const std::uint16_t first = copy_of(++last);
    EXPECT_EQ(copy_of(static_cast<std::uint16_t>(last + 9000)), first + 1);
}

}  // namespace
}  // namespace weir::dataplane::tests
