// SPDX-License-Identifier: Apache-2.0
// Checked access to one YAML mapping: types, ranges, duplicate and unknown keys.
#include "config/platform/yaml_section.hpp"

#include <charconv>

#include <fmt/format.h>

#include "config/base/text.hpp"

namespace weir::config {

YamlPlace place_of(const YAML::Node& node) {
    const YAML::Mark mark = node.Mark();
    if (mark.is_null()) return {};
    return {static_cast<std::uint32_t>(mark.line + 1), static_cast<std::uint32_t>(mark.column + 1)};
}

std::optional<std::string> scalar(const YAML::Node& node, const std::string& what,
                                  PlatformErrors& errors) {
    if (node.IsScalar()) return node.Scalar();
    errors.push_back(
        {place_of(node), fmt::format("{} must be one value, not a list or a mapping", what)});
    return std::nullopt;
}

std::optional<std::uint64_t> whole_number(const YAML::Node& node, const std::string& what,
                                          std::pair<std::uint64_t, std::uint64_t> range,
                                          PlatformErrors& errors) {
    const auto words = scalar(node, what, errors);
    if (!words) return std::nullopt;
    const auto number = text::number(*words);
    if (number && *number >= range.first && *number <= range.second) return number;
    errors.push_back(
        {place_of(node), fmt::format("{} must be a whole number from {} to {}, not '{}'", what,
                                     range.first, range.second, text::printable(*words))});
    return std::nullopt;
}

std::optional<IpAddress> ip_address(const YAML::Node& node, const std::string& what,
                                    PlatformErrors& errors) {
    const auto words = scalar(node, what, errors);
    if (!words) return std::nullopt;
    if (const auto address = IpAddress::parse(*words)) return *address;
    errors.push_back({place_of(node), fmt::format("{} must be an IPv4 or IPv6 address, not '{}'",
                                                  what, text::printable(*words))});
    return std::nullopt;
}

YamlSection::YamlSection(const YAML::Node& node, std::string name, PlatformErrors& errors)
    : node_(node), name_(std::move(name)), errors_(errors) {
    if (!node_.IsDefined() || node_.IsNull()) {
        node_ = YAML::Node(YAML::NodeType::Map);
    } else if (!node_.IsMap()) {
        error(node_, fmt::format("{} must be a mapping of keys to values",
                                 name_.empty() ? "the file" : name_));
        node_ = YAML::Node(YAML::NodeType::Map);
    }
}

YAML::Node YamlSection::take(const std::string& key) {
    asked_.insert(key);
    for (const auto& entry : node_)
        if (entry.first.IsScalar() && entry.first.Scalar() == key && !entry.second.IsNull())
            return entry.second;
    return YAML::Node(YAML::NodeType::Undefined);
}

void YamlSection::read(const std::string& key, std::string& value) {
    if (const YAML::Node node = take(key))
        if (auto words = scalar(node, full_name(key), errors_)) value = std::move(*words);
}

void YamlSection::read(const std::string& key, bool& value) {
    const YAML::Node node = take(key);
    if (!node) return;
    const auto words = scalar(node, full_name(key), errors_);
    if (!words) return;
    const std::string lower = text::lower(*words);
    if (lower == "true" || lower == "yes" || lower == "on") {
        value = true;
    } else if (lower == "false" || lower == "no" || lower == "off") {
        value = false;
    } else {
        error(node, fmt::format("{} must be true or false, not '{}'", full_name(key),
                                text::printable(*words)));
    }
}

void YamlSection::read(const std::string& key, IpAddress& value) {
    if (const YAML::Node node = take(key))
        if (const auto address = ip_address(node, full_name(key), errors_)) value = *address;
}

void YamlSection::read(const std::string& key, Endpoint& value) {
    const YAML::Node node = take(key);
    if (!node) return;
    const auto words = scalar(node, full_name(key), errors_);
    if (!words) return;
    if (const auto endpoint = Endpoint::parse(*words, value.port)) {
        value = *endpoint;
    } else {
        error(node, fmt::format(
                        "{} must be an address with a port, as 127.0.0.1:{} or [::1]:{}, not '{}'",
                        full_name(key), value.port, value.port, text::printable(*words)));
    }
}

void YamlSection::read_seconds(const std::string& key, std::chrono::milliseconds& value,
                               double highest) {
    const YAML::Node node = take(key);
    if (!node) return;
    const auto words = scalar(node, full_name(key), errors_);
    if (!words) return;
    double number = -1;
    const auto [end, failure] =
        std::from_chars(words->data(), words->data() + words->size(), number);
    if (failure == std::errc{} && end == words->data() + words->size() && number >= 0 &&
        number <= highest) {
        value = std::chrono::milliseconds(static_cast<std::int64_t>(number * 1000.0 + 0.5));
    } else {
        error(node, fmt::format("{} must be seconds from 0 to {}, not '{}'", full_name(key),
                                highest, text::printable(*words)));
    }
}

std::string YamlSection::full_name(const std::string& key) const {
    return name_.empty() ? key : name_ + "." + key;
}

void YamlSection::error(const YAML::Node& node, std::string words) {
    errors_.push_back({place_of(node), std::move(words)});
}

void YamlSection::finish() {
    std::set<std::string> seen;
    const std::vector<std::string> known(asked_.begin(), asked_.end());
    for (const auto& entry : node_) {
        if (!entry.first.IsScalar()) {
            error(entry.first, "a key must be one word");
            continue;
        }
        const std::string& key = entry.first.Scalar();
        if (!asked_.contains(key)) {
            const auto near = text::nearest(key, known);
            const std::string hint = near ? fmt::format("did you mean '{}'?", *near)
                                          : fmt::format("known here: {}", fmt::join(known, ", "));
            error(entry.first,
                  fmt::format("unknown key '{}'; {}", text::printable(full_name(key)), hint));
        } else if (!seen.insert(key).second) {
            error(entry.first, fmt::format("'{}' is given twice; keep one", full_name(key)));
        }
    }
}

}  // namespace weir::config
