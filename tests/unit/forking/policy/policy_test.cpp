// SPDX-License-Identifier: Apache-2.0
// Which calls are recorded, by whom and from which side.
#include "forking/policy/policy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::forking {
namespace {

using config::Config;
using config::DialPeer;
using config::DialPeerTag;
using dataplane::Side;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

DialPeer& add_peer(Config& config, std::uint32_t tag) {
    DialPeer& peer = config.dial_peers[DialPeerTag{tag}];
    peer.tag = DialPeerTag{tag};
    peer.session_protocol_sip = true;
    return peer;
}

DialPeer& add_recorder(Config& config, std::uint32_t tag, const std::string& number) {
    DialPeer& peer = add_peer(config, tag);
    peer.destination_pattern = number;
    peer.target = {.kind = config::SessionTarget::Kind::address,
                   .address = IpAddress::v4(198, 51, 100, 71),
                   .host = {},
                   .port = 5070};
    peer.transport = config::Transport::tcp;
    return peer;
}

// 410 inbound with class 401, 420 outbound without, recorders 49001 and 49002.
Config example() {
    Config config;
    add_peer(config, 410).media_class = 401;
    add_peer(config, 420);
    add_recorder(config, 49001, "59001");
    add_recorder(config, 49002, "59002");
    config.recorder_profiles[401] = {.tag = 401,
                                     .audio_only = false,
                                     .recorders = {DialPeerTag{49001}, DialPeerTag{49002}},
                                     .proxy = {},
                                     .kept = {},
                                     .place = {}};
    config.media_classes[401] = {.tag = 401,
                                 .recorder_profile = 401,
                                 .recorder_parameter = {},
                                 .siprec = false,
                                 .kept = {},
                                 .place = {}};
    return config;
}

std::vector<std::uint32_t> tags(const RecordingPlan& plan) {
    std::vector<std::uint32_t> list;
    for (const auto& recorder : plan.recorders)
        list.push_back(recorder.peer.value());
    return list;
}

TEST(RecordingPolicy, RecordersComeInListedOrder) {
    const Config config = example();
    const auto plan = plan_recording(config, DialPeerTag{410}, DialPeerTag{420});
    ASSERT_TRUE(plan.has_value());
    EXPECT_THAT(tags(*plan), ElementsAre(49001, 49002));
    EXPECT_EQ(plan->recorders[0].number, "59001");
    EXPECT_EQ(plan->recorders[0].port, 5070);
    EXPECT_EQ(plan->recorders[0].transport, config::Transport::tcp);
    EXPECT_EQ(plan->anchor, Side::a);
    EXPECT_TRUE(plan->warning.empty());
}

TEST(RecordingPolicy, ACallWithoutMediaClassIsNotRecorded) {
    EXPECT_FALSE(plan_recording(example(), DialPeerTag{420}, DialPeerTag{420}).has_value());
}

// Spec G: a call of a TDM port is recorded on the second pass of its loop, or directly by a switch.
TEST(RecordingPolicy, ACallFromATdmPortIsRecordedDirectlyOnlyIfThatIsSaid) {
    Config config = example();
    config.dial_peers[DialPeerTag{410}].type = DialPeer::Type::pots;
    EXPECT_FALSE(plan_recording(config, DialPeerTag{410}, DialPeerTag{420}));
    config.voice.kept.push_back({"tdm-forking direct", "tdm-forking direct", ""});
    EXPECT_TRUE(plan_recording(config, DialPeerTag{410}, DialPeerTag{420}));
}

TEST(RecordingPolicy, TheSecondPassOfALoopTowardATdmPortIsRecorded) {
    Config config = example();
    config.dial_peers[DialPeerTag{420}].type = DialPeer::Type::pots;
    EXPECT_TRUE(plan_recording(config, DialPeerTag{410}, DialPeerTag{420}));
}

TEST(RecordingPolicy, PeerZeroHasNoMediaClass) {
    EXPECT_FALSE(plan_recording(example(), DialPeerTag{0}, DialPeerTag{420}).has_value());
}

TEST(RecordingPolicy, TheAnchorIsTheSideOfThePeerWithTheClass) {
    Config config = example();
    config.dial_peers[DialPeerTag{420}].media_class = 401;
    const auto plan = plan_recording(config, DialPeerTag{0}, DialPeerTag{420});
    ASSERT_TRUE(plan.has_value());
    EXPECT_EQ(plan->anchor, Side::b);
}

TEST(RecordingPolicy, TheInboundClassWinsWithAWarning) {
    Config config = example();
    config.dial_peers[DialPeerTag{420}].media_class = 402;
    config.media_classes[402] = {.tag = 402,
                                 .recorder_profile = 401,
                                 .recorder_parameter = {},
                                 .siprec = false,
                                 .kept = {},
                                 .place = {}};
    const auto plan = plan_recording(config, DialPeerTag{410}, DialPeerTag{420});
    EXPECT_EQ(plan->media_class, 401U);
    EXPECT_EQ(plan->anchor, Side::a);
    EXPECT_THAT(plan->warning, HasSubstr("both have a media-class"));
}

TEST(RecordingPolicy, RecordersThatCannotBeUsedAreSkippedWithTheReason) {
    Config config = example();
    config.recorder_profiles[401].recorders = {DialPeerTag{49001}, DialPeerTag{49002},
                                               DialPeerTag{49003}, DialPeerTag{49004},
                                               DialPeerTag{49005}};
    config.dial_peers[DialPeerTag{49001}].shutdown = true;
    add_recorder(config, 49003, "59...");
    add_recorder(config, 49004, "59004").session_protocol_sip = false;
    const auto plan = plan_recording(config, DialPeerTag{410}, DialPeerTag{420});
    EXPECT_THAT(tags(*plan), ElementsAre(49002));
    EXPECT_THAT(
        plan->skipped,
        ElementsAre(HasSubstr("49001: is shut down"), HasSubstr("49003: its destination-pattern"),
                    HasSubstr("49004: is not operational"), HasSubstr("49005: no such")));
}

TEST(RecordingPolicy, ARecorderMayBeNamed) {
    Config config = example();
    config.dial_peers[DialPeerTag{49001}].target = {.kind = config::SessionTarget::Kind::dns,
                                                    .address = {},
                                                    .host = "recorder.example",
                                                    .port = 0};
    const auto plan = plan_recording(config, DialPeerTag{410}, DialPeerTag{420});
    EXPECT_EQ(plan->recorders[0].host, "recorder.example");
    EXPECT_FALSE(plan->recorders[0].address.is_set());
}

TEST(RecordingPolicy, AClassWithoutItsProfileIsAFailedRecording) {
    Config config = example();
    config.recorder_profiles.clear();
    const auto plan = plan_recording(config, DialPeerTag{410}, DialPeerTag{420});
    ASSERT_TRUE(plan.has_value());
    EXPECT_THAT(plan->recorders, IsEmpty());
    EXPECT_THAT(plan->skipped, ElementsAre(HasSubstr("names no recorder")));
}

TEST(RecordingPolicy, RecorderParameterStandsForAProfile) {
    Config config = example();
    config.media_classes[401].recorder_profile.reset();
    config.media_classes[401].recorder_parameter =
        config::RecorderProfile{.tag = 0,
                                .audio_only = true,
                                .recorders = {DialPeerTag{49002}},
                                .proxy = {},
                                .kept = {},
                                .place = {}};
    const auto plan = plan_recording(config, DialPeerTag{410}, DialPeerTag{420});
    EXPECT_THAT(tags(*plan), ElementsAre(49002));
    EXPECT_TRUE(plan->audio_only);
}

TEST(RecordingPolicy, SystemTransportAsksTheGlobalOne) {
    Config config = example();
    config.dial_peers[DialPeerTag{49001}].transport = config::Transport::system;
    config.voice.session_transport = config::Transport::tcp;
    const auto plan = plan_recording(config, DialPeerTag{410}, DialPeerTag{420});
    EXPECT_EQ(plan->recorders[0].transport, config::Transport::tcp);
}

TEST(RecordingPolicy, SiprecIsNotSentTheOtherForm) {
    Config config = example();
    config.media_classes[401].siprec = true;
    const auto plan = plan_recording(config, DialPeerTag{410}, DialPeerTag{420});
    EXPECT_THAT(plan->recorders, IsEmpty());
    EXPECT_THAT(plan->skipped, ElementsAre(HasSubstr("SIPREC")));
}

}  // namespace
}  // namespace weir::forking
