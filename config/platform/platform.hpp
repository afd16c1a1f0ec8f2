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
#include "config/base/io_mode.hpp"
#include "config/base/limits.hpp"
#include "config/base/log.hpp"
#include "config/base/result.hpp"
#include "config/platform/node_keys.hpp"

namespace weir::config {

// realms: the addresses that media use; a RealmIndex of dataplane/api is the position in this list.
struct Realm {
    std::string name;
    IpAddress address;     // packets leave and arrive here
    IpAddress advertised;  // stands in SDP instead, where NAT stands before us; none = `address`
    // The kernel's network device that must hold the address; "" = any. Where the realm is on a
    // port (Platform::port_of) it is that port's name.
    std::string device;
    // Of realms on a port only:
    std::uint16_t vlan = 0;          // 802.1Q tag of its frames, 1..4094; 0 = untagged
    std::uint8_t prefix_length = 0;  // of the address on the tap, 1..32 or 1..128
    std::string host_device{};       // the tap; "" = Platform::tap_of decides
    YamlPlace place{};
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

// What a framed worker without packets does (socket workers always sleep).
enum class IdleMode : std::uint8_t { sleep, spin };
[[nodiscard]] const char* to_string(IdleMode mode);

// Whether in mode af_xdp the kernel relays the packets of established streams where it can.
enum class FlowOffload : std::uint8_t { automatic, off };
[[nodiscard]] const char* to_string(FlowOffload offload);

// Whether media workers run before the ordinary threads of their cores.
enum class MediaPriority : std::uint8_t { automatic, real_time, normal };
[[nodiscard]] const char* to_string(MediaPriority priority);

// media.ports: a device that DPDK drives, away from the kernel.
struct MediaPort {
    std::string name;          // as realms[].device, messages and `show` call it
    std::string eal_name;      // "0000:01:00.0" (with its domain), "net_memif0"
    std::string arguments;     // of the driver, "role=client,socket=/run/x.sock"; may be empty
    std::string host_device;   // the tap of its untagged realms; "" = `name`
    std::uint16_t mtu = 1500;  // longest IP packet, bytes, kMinPortMtu..kMaxPortMtu
    YamlPlace place;
    [[nodiscard]] bool is_pci() const;
};

struct PreRoll {
    std::chrono::milliseconds time{2000};  // kept per stream of a recordable session
    std::size_t mib = 128;  // of all streams together; 64 KiB per call of two G.711 tracks and 2 s
};

struct MediaPlatform {
    IoMode io = IoMode::automatic;
    YamlPlace io_place;
    IdleMode idle = IdleMode::sleep;
    FlowOffload offload = FlowOffload::automatic;
    MediaPriority priority = MediaPriority::automatic;
    bool hugepages = false;        // of weir-media's memory; false: ordinary pages
    std::vector<MediaPort> ports;  // 0..kMaxDevices
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
    std::string trace;  // directory of the flight recorder; "" = `trace` beside the CDR file
    std::string log;                              // directory of NAME.log; "" = standard error
    [[nodiscard]] std::string media_socket() const { return runtime + "/media.sock"; }
    [[nodiscard]] std::string admin_socket() const { return runtime + "/admin.sock"; }
    [[nodiscard]] std::string lock() const { return runtime + "/lock"; }
    [[nodiscard]] std::string trace_directory() const;
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
    std::vector<PlatformInterface> interfaces;
    std::vector<PlatformUser> users;
    StorePlatform store;
    FlashPlatform flash;
    PkiPlatform pki;
    DnsPlatform dns;
    HaPlatform ha;
    LogLevel log_level = LogLevel::info;

    // Whether realms are on media.ports, so that their addresses are the kernel's only by a tap
    // that weir-media makes: media.io dpdk, or auto with ports.
    [[nodiscard]] bool uses_ports() const;
    // The port that carries the realm; null where the kernel has its device.
    [[nodiscard]] const MediaPort* port_of(const Realm& realm) const;
    // The tap that gives the host what is not media: host_device of the realm, else of the port
    // (else the port's name), with ".VLAN" behind it when tagged. "" where the realm is on no port.
    [[nodiscard]] std::string tap_of(const Realm& realm) const;
    // Whether the address is that of a realm on a port: the kernel need not have it yet.
    [[nodiscard]] bool is_on_port(const IpAddress& address) const;
    // The realm that holds this address, if any.
    [[nodiscard]] std::optional<std::uint8_t> realm_of(const IpAddress& address) const;
    // What this machine has for an interface of the configuration; null if nothing is said.
    [[nodiscard]] const PlatformInterface* interface_named(std::string_view name) const;
    // What a user of the machine may do on the admin socket, apart from root and our own user.
    [[nodiscard]] UserRole role_of(std::string_view user) const;
};

// One thing that is wrong, with its place and what to do about it.
struct PlatformError {
    YamlPlace place;
    std::string text;
};
// "platform.yaml:3:5: error: text", without the place when it is 0.
[[nodiscard]] std::string to_string(const std::string& file, const PlatformError& error);

// "platform.yaml:3:5: warning: text": what is right, but not what the operator may think.
[[nodiscard]] std::string warning_text(const std::string& file, const PlatformError& warning);

// A platform if there are no errors; otherwise all errors of the file.
struct PlatformReading {
    Platform platform;
    std::vector<PlatformError> errors;
    std::vector<PlatformError> warnings{};
    [[nodiscard]] bool ok() const { return errors.empty(); }
};

// Reads the file (at most kPlatformMaxBytes). Relative paths in it are relative to its directory.
[[nodiscard]] PlatformReading read_platform(const std::string& path);
// The same from text; `file` is for messages and for relative paths.
[[nodiscard]] PlatformReading parse_platform(const std::string& text, const std::string& file);

}  // namespace weir::config
