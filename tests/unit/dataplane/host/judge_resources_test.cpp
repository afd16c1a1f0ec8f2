// SPDX-License-Identifier: Apache-2.0
// Descriptors, memory, hugepages and cores.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/dataplane/host/made_up_machine.hpp"

namespace weir::dataplane {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing_support::good_machine;
using testing_support::good_wish;
using testing_support::said;
using testing_support::texts_of;

struct Resources : testing::Test {
    MachineFacts machine = good_machine();
    IoWish wish = good_wish();
    [[nodiscard]] std::vector<std::string> words() const {
        return texts_of(judge_resources(wish, machine));
    }
};

TEST_F(Resources, NothingIsSaidWhereAllIsThere) {
    EXPECT_THAT(words(), IsEmpty());
}

TEST_F(Resources, TooFewDescriptorsAreAWarningWhereThereAreSockets) {
    wish.sessions = 5000;
    const auto expected = ElementsAre(
        "warning: the limit of 20000 descriptors is enough for 2492 recorded calls, "
        "media.sessions: 5000 needs 40064 | LimitNOFILE=40064 in the systemd unit, or: ulimit -Hn "
        "40064");
    EXPECT_THAT(said(IoMode::socket, wish, machine), expected);
    EXPECT_THAT(said(IoMode::af_packet, wish, machine), expected);
    EXPECT_THAT(said(IoMode::af_xdp, wish, machine), expected);
    EXPECT_TRUE(judge(IoMode::socket, wish, machine).works());
    EXPECT_THAT(said(IoMode::dpdk, wish, machine), IsEmpty());
}

TEST_F(Resources, TooLittleMemoryIsAWarning) {
    machine.memory_available = std::uint64_t{100} << 20U;
    EXPECT_THAT(words(), ElementsAre("warning: weir-media may use 384 MiB (media.memory_mib, "
                                     "media.pre_roll.mib), 100 MiB are available | lower "
                                     "media.memory_mib or media.pre_roll.mib"));
}

TEST_F(Resources, MemoryInHugepagesIsNotCountedTwice) {
    machine.memory_available = std::uint64_t{130} << 20U;
    wish.hugepages = true;
    EXPECT_THAT(words(), IsEmpty());
}

TEST_F(Resources, TooFewHugepagesAreMissingWithTheNumberThatMends) {
    wish.hugepages = true;
    machine.hugepages = {{2U << 20U, 100, 28}};
    EXPECT_THAT(words(), ElementsAre("missing: 56 MiB of hugepages are free, media.memory_mib "
                                     "wants 256 | echo 200 > "
                                     "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"));
}

TEST_F(Resources, HugepagesOfAnotherSizeHaveTheirOwnFile) {
    wish.hugepages = true;
    machine.hugepages = {{1U << 30U, 0, 0}};
    EXPECT_THAT(words(), ElementsAre("missing: 0 MiB of hugepages are free, media.memory_mib wants "
                                     "256 | echo 1 > "
                                     "/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages"));
}

TEST_F(Resources, AKernelWithoutHugepages) {
    wish.hugepages = true;
    machine.hugepages = {};
    EXPECT_THAT(words(), ElementsAre("missing: media.hugepages: true, but this kernel has no "
                                     "hugepages | media.hugepages: false"));
}

TEST_F(Resources, ACoreThatThisProcessMayNotUse) {
    wish.cores = {1, 9};
    EXPECT_THAT(words(), ElementsAre("missing: media.cores: there is no core 9 for this process; "
                                     "it may use 0, 1, 2, 3 | media.cores: [0, 1, 2, 3]"));
}

TEST_F(Resources, SpinningOnEveryCoreIsAWarning) {
    wish.spin = true;
    EXPECT_THAT(words(), IsEmpty());
    machine.cores = {0};
    EXPECT_THAT(words(), ElementsAre("warning: media.idle: spin with 1 worker takes all of 1 core: "
                                     "nothing is left for SIP | media.idle: sleep, or fewer "
                                     "media.cores"));
}

TEST_F(Resources, WorkersThatMayNotBePreferredAreToldWithTheLimitThatMends) {
    const std::string sentence =
        "where others use their cores a packet may wait some milliseconds | LimitRTPRIO=1 in the "
        "systemd unit, or: ulimit -Hr 1";
    wish.real_time = true;
    EXPECT_THAT(words(), IsEmpty());
    machine.capabilities.erase(Capability::sys_nice);
    EXPECT_THAT(words(), ElementsAre("note: weir-media may not run its workers at real-time "
                                     "priority (media.priority: auto): " +
                                     sentence));
    wish.needs_real_time = true;
    EXPECT_THAT(words(), ElementsAre("warning: weir-media may not run its workers at real-time "
                                     "priority (media.priority: real-time): " +
                                     sentence));
    machine.real_time_limit = 1;
    EXPECT_THAT(words(), IsEmpty());
}

TEST_F(Resources, RootOfAUserNamespaceMayNotPreferItsWorkers) {
    wish.real_time = true;
    machine.in_user_namespace = true;
    EXPECT_THAT(words(), testing::SizeIs(1));
}

TEST_F(Resources, WhoWantsOrdinaryPriorityNeedsNothing) {
    machine.capabilities.erase(Capability::sys_nice);
    EXPECT_THAT(words(), IsEmpty());
}

}  // namespace
}  // namespace weir::dataplane
