// SPDX-License-Identifier: Apache-2.0
// YamlSection: reads one mapping of a YAML file key by key and collects every error with its place.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <yaml-cpp/yaml.h>

#include "config/base/address.hpp"
#include "config/platform/platform.hpp"

namespace weir::config {

using PlatformErrors = std::vector<PlatformError>;

[[nodiscard]] YamlPlace place_of(const YAML::Node& node);

// A text value as written; an error when it is a list or a mapping. `what` names it in messages.
[[nodiscard]] std::optional<std::string> scalar(const YAML::Node& node, const std::string& what,
                                                PlatformErrors& errors);
[[nodiscard]] std::optional<std::uint64_t> whole_number(
    const YAML::Node& node, const std::string& what, std::pair<std::uint64_t, std::uint64_t> range,
    PlatformErrors& errors);
[[nodiscard]] std::optional<IpAddress> ip_address(const YAML::Node& node, const std::string& what,
                                                  PlatformErrors& errors);

// Reads each key by name; finish() reports the keys that nobody asked for. Absent keys leave the
// default. yaml-cpp throws on misuse only: every access here is checked first.
class YamlSection {
public:
    // `name` is the path for messages ("media.pre_roll"); "" for the whole file.
    YamlSection(const YAML::Node& node, std::string name, PlatformErrors& errors);

    [[nodiscard]] YAML::Node take(const std::string& key);  // undefined node when absent or null
    void read(const std::string& key, std::string& value);
    void read(const std::string& key, bool& value);
    void read(const std::string& key, IpAddress& value);
    // address or address:port
    void read(const std::string& key, Endpoint& value);
    template <typename Number>
    void read(const std::string& key, Number& value, std::uint64_t lowest, std::uint64_t highest) {
        if (const YAML::Node node = take(key))
            if (const auto number = whole_number(node, full_name(key), {lowest, highest}, errors_))
                value = static_cast<Number>(*number);
    }
    // Decimal seconds, kept as milliseconds.
    void read_seconds(const std::string& key, std::chrono::milliseconds& value, double highest);

    [[nodiscard]] std::string full_name(const std::string& key) const;
    void error(const YAML::Node& node, std::string text);
    void finish();

private:
    YAML::Node node_;
    std::string name_;
    PlatformErrors& errors_;
    std::set<std::string> asked_;
};

}  // namespace weir::config
