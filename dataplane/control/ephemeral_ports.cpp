// SPDX-License-Identifier: Apache-2.0
// The kernel's ephemeral ports held against the media ports.
#include "dataplane/control/ephemeral_ports.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <vector>

#include "config/base/text.hpp"

namespace weir::dataplane {
namespace {

std::optional<std::uint16_t> port_of(std::string_view word) {
    const auto number = text::number(word);
    if (!number || *number > 65535) return std::nullopt;
    return static_cast<std::uint16_t>(*number);
}

// "20000-40000" or "8080".
PortSpan span_of(std::string_view word) {
    const auto dash = word.find('-');
    const auto min = port_of(word.substr(0, dash));
    const auto max = dash == std::string_view::npos ? min : port_of(word.substr(dash + 1));
    return min && max ? PortSpan{*min, *max} : PortSpan{};
}

PortSpan local_span(std::string_view words) {
    const auto blank = words.find_first_of(" \t");
    if (blank == std::string_view::npos) return {};
    const auto rest = words.find_first_not_of(" \t", blank);
    if (rest == std::string_view::npos) return {};
    const auto min = port_of(words.substr(0, blank));
    const auto max = port_of(words.substr(rest));
    return min && max ? PortSpan{*min, *max} : PortSpan{};
}

bool is_in(PortSpan span, std::uint32_t port) {
    return port >= span.min && port <= span.max;
}

std::string setting(const char* path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

}  // namespace

std::size_t shared_ports(PortSpan media, std::string_view local_range, std::string_view reserved) {
    const PortSpan local = local_span(local_range);
    std::vector<PortSpan> spared;
    for (const auto word : text::split(reserved, ','))
        spared.push_back(span_of(word));
    std::size_t count = 0;
    for (std::uint32_t port = media.min; port <= media.max; ++port) {
        const bool is_spared = std::any_of(spared.begin(), spared.end(),
                                           [&](PortSpan span) { return is_in(span, port); });
        if (is_in(local, port) && !is_spared) ++count;
    }
    return count;
}

std::size_t shared_ports(PortSpan media) {
    // Linux has them under ipv4 for both families.
    return shared_ports(media, setting("/proc/sys/net/ipv4/ip_local_port_range"),
                        setting("/proc/sys/net/ipv4/ip_local_reserved_ports"));
}

}  // namespace weir::dataplane
