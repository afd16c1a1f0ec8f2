// SPDX-License-Identifier: Apache-2.0
// Reads platform.yaml: one function per section, every error of the file in one run.
#include "config/platform/platform.hpp"

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <fmt/format.h>

#include "config/base/interface_name.hpp"
#include "config/base/text.hpp"
#include "config/platform/media_ports.hpp"
#include "config/platform/node_sections.hpp"
#include "config/platform/yaml_section.hpp"

namespace weir::config {
namespace {

constexpr std::uint64_t kMaxPort = 65535;
constexpr std::uint64_t kMaxCore = 1023;  // CPU_SETSIZE - 1

void read_realm(const YAML::Node& node, std::size_t position, Platform& platform,
                PlatformErrors& errors) {
    YamlSection section(node, fmt::format("realms[{}]", position), errors);
    Realm realm;
    realm.place = place_of(node);
    section.read("name", realm.name);
    section.read("address", realm.address);
    section.read("advertised", realm.advertised);
    section.read("device", realm.device);
    read_realm_port(section, realm);
    if (realm.name.empty()) section.error(node, "a realm needs a name, as: name: inside");
    if (section.take("address").IsDefined() == false)
        section.error(node, "a realm needs an address");
    if (realm.address.is_set() && realm.address.is_unspecified())
        section.error(node,
                      "a realm's address must be one of this machine, not the unspecified address");
    if (realm.advertised.is_set() && realm.advertised.family != realm.address.family)
        section.error(node,
                      fmt::format("realm '{}': address and advertised must be of the same family",
                                  realm.name));
    for (const Realm& other : platform.realms) {
        if (!realm.name.empty() && other.name == realm.name)
            section.error(node, fmt::format("realm name '{}' is used twice (also in line {})",
                                            realm.name, other.place.line));
        if (realm.address.is_set() && other.address == realm.address)
            section.error(
                node,
                fmt::format(
                    "address {} is in two realms (also in line {}): the port decides the session",
                    realm.address.to_string(), other.place.line));
    }
    section.finish();
    platform.realms.push_back(std::move(realm));
}

void read_realms(const YAML::Node& node, Platform& platform, PlatformErrors& errors) {
    if (!node.IsDefined()) {
        errors.push_back({{},
                          "realms are missing: name at least one media address, as: realms: "
                          "[{name: inside, address: 127.0.0.1}]"});
        return;
    }
    if (!node.IsSequence() || node.size() == 0) {
        errors.push_back({place_of(node), "realms must be a list with at least one realm"});
        return;
    }
    if (node.size() > kMaxRealms)
        errors.push_back(
            {place_of(node),
             fmt::format("{} realms are given, at most {} are possible", node.size(), kMaxRealms)});
    for (std::size_t i = 0; i < node.size() && i < kMaxRealms; ++i)
        read_realm(node[i], i, platform, errors);
}

void read_transports(const YAML::Node& node, SipListener& listener, PlatformErrors& errors) {
    if (!node.IsDefined()) return;
    listener.udp = listener.tcp = false;
    if (!node.IsSequence() || node.size() == 0) {
        errors.push_back({place_of(node), "sip.listen.transports must be a list, as [udp, tcp]"});
        return;
    }
    for (const YAML::Node& entry : node) {
        const auto word = scalar(entry, "sip.listen.transports", errors);
        if (!word) continue;
        if (*word == "udp") {
            listener.udp = true;
        } else if (*word == "tcp") {
            listener.tcp = true;
        } else {
            errors.push_back(
                {place_of(entry), fmt::format("transport '{}' is not known; possible: udp, tcp",
                                              text::printable(*word))});
        }
    }
}

void read_sip(const YAML::Node& node, SipPlatform& sip, PlatformErrors& errors) {
    YamlSection section(node, "sip", errors);
    section.read("port", sip.port, 0, kMaxPort);
    const YAML::Node list = section.take("listen");
    section.finish();
    if (!list.IsDefined()) return;
    if (!list.IsSequence()) {
        section.error(list,
                      "sip.listen must be a list, as: listen: [{address: 127.0.0.1, port: 5060}]");
        return;
    }
    for (const YAML::Node& entry : list) {
        YamlSection item(entry, "sip.listen", errors);
        SipListener listener;
        listener.place = place_of(entry);
        listener.endpoint.port = sip.port;
        item.read("address", listener.endpoint.address);
        item.read("port", listener.endpoint.port, 0, kMaxPort);
        read_transports(item.take("transports"), listener, errors);
        if (!item.take("address").IsDefined())
            item.error(entry, "sip.listen: an entry needs an address");
        if (listener.endpoint.address.is_set() && listener.endpoint.address.is_unspecified())
            item.error(
                entry,
                "sip.listen: name each address; the unspecified address cannot stand in a Contact");
        item.finish();
        sip.listen.push_back(listener);
    }
}

void read_cores(const YAML::Node& node, MediaPlatform& media, PlatformErrors& errors) {
    if (!node.IsDefined()) return;
    media.cores_place = place_of(node);
    if (!node.IsSequence()) {
        errors.push_back({place_of(node), "media.cores must be a list of core numbers, as [1, 2]"});
        return;
    }
    if (node.size() > kMaxWorkers)
        errors.push_back(
            {place_of(node), fmt::format("media.cores: {} cores are given, at most {} are possible",
                                         node.size(), kMaxWorkers)});
    std::set<unsigned> seen;
    for (const YAML::Node& entry : node) {
        const auto core = whole_number(entry, "media.cores", {0, kMaxCore}, errors);
        if (!core) continue;
        if (!seen.insert(static_cast<unsigned>(*core)).second)
            errors.push_back(
                {place_of(entry), fmt::format("media.cores: core {} is given twice", *core)});
        media.cores.push_back(static_cast<unsigned>(*core));
    }
}

void read_offload(YamlSection& section, MediaPlatform& media) {
    std::string word = to_string(media.offload);
    section.read("offload", word);
    if (word == "off") {
        media.offload = FlowOffload::off;
    } else if (word != "auto") {
        section.error(section.take("offload"),
                      fmt::format("media.offload '{}' is not known; possible: auto, off",
                                  text::printable(word)));
    }
}

void read_priority(YamlSection& section, MediaPlatform& media) {
    std::string word = to_string(media.priority);
    section.read("priority", word);
    for (const auto priority :
         {MediaPriority::automatic, MediaPriority::real_time, MediaPriority::normal}) {
        if (word != to_string(priority)) continue;
        media.priority = priority;
        return;
    }
    section.error(section.take("priority"),
                  fmt::format("media.priority '{}' is not known; possible: auto, real-time, normal",
                              text::printable(word)));
}

void read_io(YamlSection& section, MediaPlatform& media) {
    std::string io = to_string(media.io);
    section.read("io", io);
    if (section.take("io").IsDefined()) media.io_place = place_of(section.take("io"));
    if (const auto mode = io_mode(io)) {
        media.io = *mode;
    } else {
        section.error(section.take("io"), fmt::format("media.io '{}' is not known; possible: auto, "
                                                      "dpdk, af_xdp, af_packet, socket",
                                                      text::printable(io)));
    }
    std::string idle = to_string(media.idle);
    section.read("idle", idle);
    if (idle == "spin") {
        media.idle = IdleMode::spin;
    } else if (idle != "sleep") {
        section.error(section.take("idle"),
                      fmt::format("media.idle '{}' is not known; possible: sleep, spin",
                                  text::printable(idle)));
    }
    section.read("hugepages", media.hugepages);
    read_offload(section, media);
    read_priority(section, media);
}

void read_media(const YAML::Node& node, MediaPlatform& media, PlatformErrors& errors) {
    YamlSection section(node, "media", errors);
    read_io(section, media);
    read_media_ports(section.take("ports"), media, errors);
    read_cores(section.take("cores"), media, errors);
    section.read("sessions", media.sessions, 1, kMaxSessions);
    section.read("memory_mib", media.memory_mib, 32, 1U << 20U);
    YamlSection pre_roll(section.take("pre_roll"), "media.pre_roll", errors);
    pre_roll.read_seconds("seconds", media.pre_roll.time, 30);
    pre_roll.read("mib", media.pre_roll.mib, 0, 1U << 20U);
    pre_roll.finish();
    section.finish();
}

void read_paths(const YAML::Node& node, Platform& platform, PlatformErrors& errors) {
    YamlSection section(node, "paths", errors);
    Paths& paths = platform.paths;
    const std::pair<const char*, std::string*> keys[] = {{"runtime", &paths.runtime},
                                                         {"recordings", &paths.recordings},
                                                         {"cdr", &paths.cdr},
                                                         {"trace", &paths.trace},
                                                         {"log", &paths.log}};
    for (const auto& [key, value] : keys) {
        section.read(key, *value);
        *value = absolute_path(*value, platform.file);
    }
    // sockaddr_un holds 108 bytes with the final zero; the longest socket name is "/media.sock".
    if (paths.runtime.empty() || paths.media_socket().size() > 107)
        section.error(
            section.take("runtime"),
            fmt::format(
                "paths.runtime must have 1 to 96 characters (a Unix socket's limit), '{}' has {}",
                paths.runtime, paths.runtime.size()));
    section.finish();
}

void read_recorder(const YAML::Node& node, Platform& platform, PlatformErrors& errors) {
    YamlSection section(node, "recorder", errors);
    RecorderPlatform& recorder = platform.recorder;
    if (node.IsDefined()) recorder.place = place_of(node);
    section.read("enabled", recorder.enabled);
    section.read("listen", recorder.listen);
    section.read("rtp_address", recorder.rtp_address);
    section.read("directory", recorder.directory);
    YamlSection ports(section.take("rtp_ports"), "recorder.rtp_ports", errors);
    ports.read("min", recorder.rtp_port_min, 1024, kMaxPort);
    ports.read("max", recorder.rtp_port_max, 1024, kMaxPort);
    if (recorder.rtp_port_min % 2 != 0 || recorder.rtp_port_max % 2 != 0 ||
        recorder.rtp_port_min > recorder.rtp_port_max)
        section.error(
            section.take("rtp_ports"),
            fmt::format("recorder.rtp_ports must be even and min not above max, not {} to {}",
                        recorder.rtp_port_min, recorder.rtp_port_max));
    ports.finish();
    section.finish();
    recorder.directory = recorder.directory.empty()
                             ? platform.paths.recordings
                             : absolute_path(recorder.directory, platform.file);
}

void read_operator(YamlSection& root, Platform& platform, PlatformErrors& errors) {
    const YAML::Node http_node = root.take("http");
    YamlSection http(http_node, "http", errors);
    if (http_node.IsDefined()) platform.http.place = place_of(http_node);
    http.read("enabled", platform.http.enabled);
    http.read("listen", platform.http.listen);
    http.finish();
    YamlSection admin(root.take("admin"), "admin", errors);
    admin.read("sessions", platform.admin.sessions, 1, kAdminMaxSessions);
    admin.finish();
    const YAML::Node log_node = root.take("log");
    YamlSection log(log_node, "log", errors);
    std::string level = "info";
    log.read("level", level);
    const std::pair<const char*, LogLevel> levels[] = {{"debug", LogLevel::debug},
                                                       {"info", LogLevel::info},
                                                       {"warning", LogLevel::warning},
                                                       {"error", LogLevel::error}};
    bool known = false;
    for (const auto& [word, value] : levels) {
        if (level != word) continue;
        platform.log_level = value;
        known = true;
    }
    if (!known)
        log.error(log.take("level"),
                  fmt::format("log.level '{}' is not known; possible: debug, info, warning, error",
                              text::printable(level)));
    log.finish();
}

void read_root(const YAML::Node& node, PlatformReading& reading) {
    Platform& platform = reading.platform;
    YamlSection root(node, "", reading.errors);
    read_realms(root.take("realms"), platform, reading.errors);
    read_sip(root.take("sip"), platform.sip, reading.errors);
    read_media(root.take("media"), platform.media, reading.errors);
    check_ports(root.take("realms"), platform, reading.errors);
    read_paths(root.take("paths"), platform, reading.errors);
    read_recorder(root.take("recorder"), platform, reading.errors);
    read_operator(root, platform, reading.errors);
    read_node_sections(root, reading);
    root.finish();
}

std::string with_place(const std::string& file, const PlatformError& error, const char* kind) {
    if (error.place.line == 0) return fmt::format("{}: {}: {}", file, kind, error.text);
    return fmt::format("{}:{}:{}: {}: {}", file, error.place.line, error.place.column, kind,
                       error.text);
}

}  // namespace

std::string Paths::log_file(std::string_view process) const {
    return log.empty() ? std::string() : fmt::format("{}/{}.log", log, process);
}

std::string Paths::trace_directory() const {
    if (!trace.empty()) return trace;
    const auto slash = cdr.rfind('/');
    return (slash == std::string::npos ? "" : cdr.substr(0, slash + 1)) + "trace";
}

std::optional<std::uint8_t> Platform::realm_of(const IpAddress& address) const {
    for (std::size_t i = 0; i < realms.size(); ++i)
        if (realms[i].address == address) return static_cast<std::uint8_t>(i);
    return std::nullopt;
}

const PlatformInterface* Platform::interface_named(std::string_view name) const {
    for (const PlatformInterface& item : interfaces)
        if (same_interface(item.name, name)) return &item;
    return nullptr;
}

UserRole Platform::role_of(std::string_view user) const {
    for (const PlatformUser& item : users)
        if (item.name == user) return item.role;
    return UserRole::read_only;
}

std::string to_string(const std::string& file, const PlatformError& error) {
    return with_place(file, error, "error");
}

std::string warning_text(const std::string& file, const PlatformError& warning) {
    return with_place(file, warning, "warning");
}

PlatformReading parse_platform(const std::string& text, const std::string& file) {
    PlatformReading reading;
    reading.platform.file = file;
    try {
        read_root(YAML::Load(text), reading);
    } catch (const YAML::Exception& failure) {  // yaml-cpp reports bad syntax by throwing only
        const auto line = static_cast<std::uint32_t>(failure.mark.line + 1);
        const auto column = static_cast<std::uint32_t>(failure.mark.column + 1);
        reading.errors.push_back({{line, column}, "this is not YAML: " + failure.msg});
    }
    return reading;
}

PlatformReading read_platform(const std::string& path) {
    PlatformReading reading;
    reading.platform.file = path;
    std::error_code failure;
    const auto size = std::filesystem::file_size(path, failure);
    if (failure) {
        reading.errors.push_back({{}, "cannot read the file: " + failure.message()});
        return reading;
    }
    if (size > kPlatformMaxBytes) {
        reading.errors.push_back(
            {{},
             fmt::format("the file has {} bytes, at most {} are read", size, kPlatformMaxBytes)});
        return reading;
    }
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream text;
    if (!stream || !(text << stream.rdbuf())) {
        reading.errors.push_back(
            {{},
             size == 0 ? "the file is empty: it needs at least realms" : "cannot read the file"});
        return reading;
    }
    return parse_platform(text.str(), path);
}

}  // namespace weir::config
