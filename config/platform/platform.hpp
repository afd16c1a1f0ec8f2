// SPDX-License-Identifier: Apache-2.0
// platform.yaml as a value: where this node runs, as opposed to how it routes calls.
//
// Every key, unit, default and range is documented in SCHEMA.md. Thread: any (values).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/base/address.hpp"
#include "config/base/limits.hpp"
#include "config/base/log.hpp"
#include "config/base/result.hpp"

namespace weir::config {

// A line and column of platform.yaml, both from 1; 0 = a default, not written anywhere.
struct YamlPlace {
    std::uint32_t line = 0;
    std::uint32_t column = 0;
};

// realms: the addresses that media use; a RealmIndex of dataplane/api is the position in this list.
struct Realm {
    std::string name;
    IpAddress address;     // packets leave and arrive here
    IpAddress advertised;  // stands in SDP instead, where NAT stands before us; none = `address`
    std::string device;    // network device that must hold the address; "" = any
    YamlPlace place;
    [[nodiscard]] const IpAddress& sdp_address() const {
        return advertised.is_set() ? advertised : address;
    }
};

// sip.listen: one address with its transports.
struct SipListener {
    Endpoint endpoint;  // port 0 = the kernel chooses (tests)
    bool udp = true;
    bool tcp = true;
    YamlPlace place;
};

struct SipPlatform {
    std::uint16_t port =
        5060;  // of listeners that name none, and of the configuration's interfaces
    std::vector<SipListener> listen;
};

enum class IoMode : std::uint8_t {
    socket
};  // what `auto` resolves to until other drivers are there
[[nodiscard]] const char* to_string(IoMode mode);

struct PreRoll {
    std::chrono::milliseconds time{2000};  // kept per stream of a recordable session
    std::size_t mib = 128;  // of all streams together; 64 KiB per call of two G.711 tracks and 2 s
};

struct MediaPlatform {
    IoMode io = IoMode::socket;
    std::vector<unsigned>
        cores;  // one worker each, pinned; empty = one worker where the kernel puts it
    YamlPlace cores_place;
    std::size_t sessions = kDefaultSessions;
    std::size_t memory_mib =
        256;  // packet buffers, rings and tables of weir-media, without the pre-roll
    PreRoll pre_roll;
};

struct Paths {
    std::string runtime = "/run/weir";  // media.sock, admin.sock, lock
    std::string recordings =
        "/var/lib/weir/recordings";               // of our recorder, unless recorder.directory
    std::string cdr = "/var/lib/weir/cdr.jsonl";  // a file, appended to
    std::string log;                              // directory of NAME.log; "" = standard error
    [[nodiscard]] std::string media_socket() const { return runtime + "/media.sock"; }
    [[nodiscard]] std::string admin_socket() const { return runtime + "/admin.sock"; }
    [[nodiscard]] std::string lock() const { return runtime + "/lock"; }
    // "" when log is "".
    [[nodiscard]] std::string log_file(std::string_view process) const;
};

struct HttpPlatform {
    bool enabled = true;
    Endpoint listen{IpAddress::v4(127, 0, 0, 1), 0, 8080};
    YamlPlace place;
};

struct AdminPlatform {
    std::size_t sessions = kAdminMaxSessions;  // operators at once, 1..kAdminMaxSessions
};

struct RecorderPlatform {
    bool enabled = false;
    Endpoint listen{IpAddress::v4(127, 0, 0, 1), 0, 5080};  // SIP, UDP and TCP
    IpAddress rtp_address;                                  // none = that of `listen`
    std::uint16_t rtp_port_min = 50000;                     // even
    std::uint16_t rtp_port_max = 51998;                     // even, the RTP port of the last pair
    std::string directory;  // never "" once read: recorder.directory or paths.recordings
    YamlPlace place;
    [[nodiscard]] const IpAddress& media_address() const {
        return rtp_address.is_set() ? rtp_address : listen.address;
    }
};

struct Platform {
    std::string file;           // as given, for messages
    std::vector<Realm> realms;  // 1..kMaxRealms
    SipPlatform sip;
    MediaPlatform media;
    Paths paths;
    HttpPlatform http;
    AdminPlatform admin;
    RecorderPlatform recorder;
    LogLevel log_level = LogLevel::info;

    // The realm that holds this address, if any.
    [[nodiscard]] std::optional<std::uint8_t> realm_of(const IpAddress& address) const;
};

// One thing that is wrong, with its place and what to do about it.
struct PlatformError {
    YamlPlace place;
    std::string text;
};
// "platform.yaml:3:5: error: text", without the place when it is 0.
[[nodiscard]] std::string to_string(const std::string& file, const PlatformError& error);

// A platform if there are no errors; otherwise all errors of the file.
struct PlatformReading {
    Platform platform;
    std::vector<PlatformError> errors;
    [[nodiscard]] bool ok() const { return errors.empty(); }
};

// Reads the file (at most kPlatformMaxBytes). Relative paths in it are relative to its directory.
[[nodiscard]] PlatformReading read_platform(const std::string& path);
// The same from text; `file` is for messages and for relative paths.
[[nodiscard]] PlatformReading parse_platform(const std::string& text, const std::string& file);

}  // namespace weir::config
