// SPDX-License-Identifier: Apache-2.0
// Which mode is tried when, what is said of the others, and the one line of the log.
#include "dataplane/host/mode_choice.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/dataplane/host/made_up_machine.hpp"

namespace weir::dataplane {
namespace {

using testing::ElementsAre;
using testing_support::good_machine;
using testing_support::good_wish;

class KeepingLogger final : public Logger {
public:
    void write(LogLevel level, std::string_view event,
               std::initializer_list<LogField> fields) override {
        std::string line = level == LogLevel::error ? "error " : "info ";
        line += event;
        for (const LogField& field : fields)
            line += " " + std::string(field.key) + "=" + field.value;
        lines.push_back(line);
    }
    std::vector<std::string> lines;
};

struct Choosing : testing::Test {
    MachineFacts machine = good_machine();
    IoWish wish = good_wish();

    // The modes that are tried when none of them opens.
    std::vector<std::string> tried() {
        std::vector<std::string> modes;
        ModeChoice choice = ModeChoice::of(wish, machine);
        while (const auto mode = choice.current()) {
            modes.emplace_back(to_string(*mode));
            choice.reject("no");
        }
        return modes;
    }
};

TEST_F(Choosing, AutoTriesAllInTheirOrder) {
    EXPECT_THAT(tried(), ElementsAre("dpdk", "af_xdp", "af_packet", "socket"));
}

TEST_F(Choosing, AutoWithoutPortsBeginsWithXdp) {
    wish.ports = {};
    EXPECT_THAT(tried(), ElementsAre("af_xdp", "af_packet", "socket"));
}

TEST_F(Choosing, ANamedModeFallsBackToThoseBehindIt) {
    wish.mode = IoMode::dpdk;
    EXPECT_THAT(tried(), ElementsAre("dpdk", "af_xdp", "af_packet", "socket"));
    wish.mode = IoMode::af_xdp;
    EXPECT_THAT(tried(), ElementsAre("af_xdp", "af_packet", "socket"));
    wish.mode = IoMode::af_packet;
    EXPECT_THAT(tried(), ElementsAre("af_packet", "socket"));
    wish.mode = IoMode::socket;
    EXPECT_THAT(tried(), ElementsAre("socket"));
}

TEST_F(Choosing, WhatCannotWorkIsNotTried) {
    machine.af_xdp = Probe::absent;
    EXPECT_THAT(tried(), ElementsAre("dpdk", "af_packet", "socket"));
}

TEST_F(Choosing, TheFirstIsTakenWithOneShortLine) {
    KeepingLogger logger;
    const ModeChoice choice = ModeChoice::of(wish, machine);
    choice.log(logger);
    EXPECT_THAT(logger.lines, ElementsAre("info media.io mode=dpdk wanted=auto"));
    EXPECT_EQ(choice.passed_over(), "");
}

TEST_F(Choosing, TheLineSaysWhyNotTheOthers) {
    wish.ports = {};
    machine.af_xdp = Probe::absent;
    KeepingLogger logger;
    ModeChoice choice = ModeChoice::of(wish, machine);
    choice.reject("cannot open eth0: busy");
    choice.log(logger);
    EXPECT_THAT(
        logger.lines,
        ElementsAre(
            "info media.io mode=socket wanted=auto not_dpdk=media.ports names no device "
            "not_af_xdp=the kernel (6.12.0) has no AF_XDP sockets (take a kernel built with "
            "CONFIG_XDP_SOCKETS=y) not_af_packet=cannot open eth0: busy "
            "advice=weir doctor shows what each mode needs"));
    EXPECT_EQ(
        choice.passed_over(),
        "dpdk: media.ports names no device; af_xdp: the kernel (6.12.0) has no AF_XDP sockets "
        "(take a kernel built with CONFIG_XDP_SOCKETS=y); af_packet: cannot open eth0: busy");
    EXPECT_FALSE(choice.has_fallen_back());
}

TEST_F(Choosing, AFallBackFromANamedModeIsAnErrorLine) {
    wish.mode = IoMode::af_packet;
    KeepingLogger logger;
    ModeChoice choice = ModeChoice::of(wish, machine);
    choice.reject("cannot open eth0: busy");
    choice.log(logger);
    EXPECT_TRUE(choice.has_fallen_back());
    EXPECT_THAT(logger.lines,
                ElementsAre("error media.io mode=socket wanted=af_packet not_af_packet=cannot "
                            "open eth0: busy advice=weir doctor shows what each mode needs"));
}

TEST_F(Choosing, WhenNothingIsLeftOneSentenceSaysSo) {
    wish.mode = IoMode::socket;
    wish.realms[0].address = IpAddress::v4(198, 51, 100, 1);
    KeepingLogger logger;
    const ModeChoice choice = ModeChoice::of(wish, machine);
    EXPECT_FALSE(choice.current().has_value());
    EXPECT_EQ(choice.failure(),
              "no I/O mode works (media.io: socket): socket: realm 'in': no device of this machine "
              "has the address 198.51.100.1 (ip address add 198.51.100.1/24 dev DEVICE)");
    choice.log(logger);
    EXPECT_THAT(logger.lines, ElementsAre(testing::StartsWith("error media.io mode=none")));
}

TEST_F(Choosing, ARejectionWithoutWordsIsStillOne) {
    wish.mode = IoMode::socket;
    ModeChoice choice = ModeChoice::of(wish, machine);
    choice.reject("");
    choice.reject("again");
    EXPECT_FALSE(choice.current().has_value());
    EXPECT_EQ(choice.passed_over(), "socket: it did not open");
}

}  // namespace
}  // namespace weir::dataplane
