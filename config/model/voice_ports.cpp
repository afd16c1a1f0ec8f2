// SPDX-License-Identifier: Apache-2.0
// Reads the kept lines of voice-port blocks.
#include "config/model/voice_ports.hpp"

#include <algorithm>

#include "config/base/text.hpp"

namespace weir::config {
namespace {

constexpr std::string_view kBlock = "voice-port ";
constexpr std::string_view kTarget = "signal sip target ";

bool has_line(const Config& config, std::string_view text) {
    const KeptLines& lines = config.voice.kept;
    return std::any_of(lines.begin(), lines.end(),
                       [&](const KeptLine& line) { return line.text == text; });
}

}  // namespace

Result<Endpoint> voice_port_target(std::string_view text) {
    const bool is_v6 = text.starts_with("ipv6:");
    if (is_v6 || text.starts_with("ipv4:")) {
        const auto endpoint = Endpoint::parse(text.substr(5), 0);
        const Family wanted = is_v6 ? Family::v6 : Family::v4;
        if (endpoint && endpoint->address.family == wanted) return *endpoint;
    }
    return fail(
        ErrorCode::invalid,
        "signal sip target is ipv4:A.B.C.D[:PORT] or ipv6:[ADDRESS][:PORT], the address of the "
        "gateway");
}

VoicePorts voice_ports(const Config& config) {
    VoicePorts ports;
    for (auto block = config.kept_blocks.lower_bound(std::string(kBlock));
         block != config.kept_blocks.end() && block->first.starts_with(kBlock); ++block) {
        VoicePort port;
        for (const KeptLine& line : block->second) {
            if (line.text == "shutdown") port.shutdown = true;
            if (!line.text.starts_with(kTarget)) continue;
            if (const auto target = voice_port_target(line.text.substr(kTarget.size())))
                port.gateway = *target;
        }
        if (port.gateway.address.is_set()) ports.emplace(block->first.substr(kBlock.size()), port);
    }
    return ports;
}

std::string voice_port_of(const VoicePorts& ports, const IpAddress& gateway) {
    for (const auto& [name, port] : ports)
        if (!port.shutdown && port.gateway.address == gateway) return name;
    return {};
}

bool tdm_forking_direct(const Config& config) {
    return has_line(config, "tdm-forking direct");
}

bool loop_media_separate(const Config& config) {
    return has_line(config, "tdm-forking separate-media");
}

}  // namespace weir::config
