// SPDX-License-Identifier: Apache-2.0
// platform.yaml: what is read, what is refused, and that every error has its place.
#include "config/platform/platform.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/row_name.hpp"
#include "tests/unit/config/platform/errors_of.hpp"

namespace weir::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using tests::errors_of;

const char* const kMinimal = "realms:\n  - name: inside\n    address: 127.0.0.1\n";

TEST(Platform, MinimalFileHasTheDocumentedDefaults) {
    const PlatformReading reading = parse_platform(kMinimal, "p.yaml");
    ASSERT_TRUE(reading.ok()) << to_string("p.yaml", reading.errors.front());
    const Platform& platform = reading.platform;
    EXPECT_EQ(platform.realms.at(0).sdp_address().to_string(), "127.0.0.1");
    EXPECT_EQ(platform.sip.port, 5060);
    EXPECT_EQ(platform.media.sessions, 2000U);
    EXPECT_EQ(platform.media.pre_roll.time.count(), 2000);
    EXPECT_EQ(platform.http.listen.to_string(), "127.0.0.1:8080");
    EXPECT_FALSE(platform.recorder.enabled);
    EXPECT_EQ(platform.recorder.directory, "/var/lib/weir/recordings");
}

TEST(Platform, ReadsEveryKey) {
    const PlatformReading reading = parse_platform(R"(
realms:
  - {name: in, address: 192.0.2.1, advertised: 198.51.100.1, device: eth0}
  - {name: out, address: "2001:db8::1"}
sip:
  port: 5070
  listen:
    - address: 192.0.2.1
      transports: [tcp]
    - {address: "2001:db8::1", port: 5062}
media:
  io: socket
  cores: [1, 0]
  sessions: 10
  memory_mib: 64
  pre_roll: {seconds: 1.5, mib: 4}
paths: {runtime: /r, recordings: /rec, cdr: /c.jsonl, log: /l}
http: {enabled: no, listen: "[::1]:9090"}
admin: {sessions: 2}
recorder: {enabled: true, listen: "127.0.0.2:5090", rtp_address: 127.0.0.3, rtp_ports: {min: 40000, max: 40010}, directory: /d}
log: {level: debug}
)",
                                                   "p.yaml");
    ASSERT_TRUE(reading.ok()) << to_string("p.yaml", reading.errors.front());
    const Platform& platform = reading.platform;
    EXPECT_EQ(platform.realms.at(0).sdp_address().to_string(), "198.51.100.1");
    EXPECT_EQ(platform.realms.at(0).device, "eth0");
    EXPECT_EQ(platform.sip.listen.at(0).endpoint.to_string(), "192.0.2.1:5070");
    EXPECT_FALSE(platform.sip.listen.at(0).udp);
    EXPECT_EQ(platform.sip.listen.at(1).endpoint.to_string(), "[2001:db8::1]:5062");
    EXPECT_THAT(platform.media.cores, ElementsAre(1U, 0U));
    EXPECT_EQ(platform.media.pre_roll.time.count(), 1500);
    EXPECT_EQ(platform.paths.media_socket(), "/r/media.sock");
    EXPECT_EQ(platform.paths.log_file("weir-sip"), "/l/weir-sip.log");
    EXPECT_EQ(platform.http.listen.to_string(), "[::1]:9090");
    EXPECT_FALSE(platform.http.enabled);
    EXPECT_EQ(platform.admin.sessions, 2U);
    EXPECT_EQ(platform.recorder.media_address().to_string(), "127.0.0.3");
    EXPECT_EQ(platform.recorder.rtp_port_max, 40010);
    EXPECT_EQ(platform.log_level, LogLevel::debug);
}

TEST(Platform, RelativePathsAreRelativeToTheFile) {
    const PlatformReading reading = parse_platform(
        std::string(kMinimal) + "paths: {runtime: run, cdr: ../cdr.jsonl}\n", "/a/b/p.yaml");
    EXPECT_EQ(reading.platform.paths.runtime, "/a/b/run");
    EXPECT_EQ(reading.platform.paths.cdr, "/a/cdr.jsonl");
}

TEST(Platform, UnknownKeyHasItsPlaceAndASuggestion) {
    EXPECT_THAT(
        errors_of(std::string(kMinimal) + "media:\n  sesions: 5\n"),
        ElementsAre("p.yaml:5:3: error: unknown key 'media.sesions'; did you mean 'sessions'?"));
}

TEST(Platform, AllErrorsComeInOneRun) {
    const auto errors = errors_of(
        "realms: [{name: a, address: nowhere}]\nhttp: {listen: x}\nmedia: {sessions: 0, io: "
        "ebpf}\n");
    EXPECT_THAT(
        errors,
        ElementsAre(HasSubstr("realms[0].address must be an IPv4 or IPv6 address, not 'nowhere'"),
                    HasSubstr("media.io 'ebpf' is not known; possible: auto, dpdk, af_xdp"),
                    HasSubstr("media.sessions must be a whole number from 1 to 65536, not '0'"),
                    HasSubstr("http.listen must be an address with a port")));
}

struct BadLine {
    const char* text;
    const char* error;
};
void PrintTo(const BadLine& row, std::ostream* out) {
    *out << tests::row_name({row.text});
}

class PlatformRefuses : public testing::TestWithParam<BadLine> {};

TEST_P(PlatformRefuses, WithAClearError) {
    EXPECT_THAT(errors_of(std::string(kMinimal) + GetParam().text),
                ElementsAre(HasSubstr(GetParam().error)));
}

INSTANTIATE_TEST_SUITE_P(
    Lines, PlatformRefuses,
    testing::Values(BadLine{"http: [1]\n", "http must be a mapping"},
                    BadLine{"sip: {port: 70000}\n",
                            "sip.port must be a whole number from 0 to 65535, not '70000'"},
                    BadLine{"sip: {listen: [{port: 1}]}\n", "needs an address"},
                    BadLine{"sip: {listen: [{address: 0.0.0.0}]}\n",
                            "unspecified address cannot stand in a Contact"},
                    BadLine{"sip: {listen: [{address: 127.0.0.1, transports: [tls]}]}\n",
                            "transport 'tls' is not known"},
                    BadLine{"media: {cores: [0, 0]}\n", "core 0 is given twice"},
                    BadLine{"media: {pre_roll: {seconds: -1}}\n", "seconds from 0 to 30"},
                    BadLine{"recorder: {rtp_ports: {min: 40001}}\n", "must be even"},
                    BadLine{"recorder: {rtp_ports: {min: 40002, max: 40000}}\n",
                            "min not above max"},
                    BadLine{"recorder: {enabled: maybe}\n", "true or false"},
                    BadLine{"log: {level: chatty}\n", "log.level 'chatty' is not known"},
                    BadLine{"http: {}\nhttp: {}\n", "'http' is given twice"},
                    BadLine{"? [a]\n: b\n", "a key must be one word"}));

TEST(Platform, MissingRealmsAreNamed) {
    EXPECT_THAT(errors_of("sip: {port: 5060}\n"), ElementsAre(HasSubstr("realms are missing")));
}

TEST(Platform, TwoRealmsWithOneAddressAreRefused) {
    EXPECT_THAT(
        errors_of("realms: [{name: a, address: 127.0.0.1}, {name: b, address: 127.0.0.1}]\n"),
        ElementsAre(HasSubstr("address 127.0.0.1 is in two realms (also in line 1)")));
}

TEST(Platform, BadSyntaxHasItsPlace) {
    EXPECT_THAT(errors_of("realms: [\n"), ElementsAre(HasSubstr("error: this is not YAML")));
}

TEST(Platform, RuntimeTooLongForASocketIsRefused) {
    EXPECT_THAT(
        errors_of(std::string(kMinimal) + "paths: {runtime: /" + std::string(100, 'x') + "}\n"),
        ElementsAre(HasSubstr("a Unix socket's limit")));
}

TEST(Platform, AbsentFileIsAnError) {
    const PlatformReading reading = read_platform("/nonexistent/p.yaml");
    ASSERT_EQ(reading.errors.size(), 1U);
    EXPECT_THAT(reading.errors[0].text, HasSubstr("cannot read the file"));
}

}  // namespace
}  // namespace weir::config
