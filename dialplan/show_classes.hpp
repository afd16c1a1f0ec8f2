// SPDX-License-Identifier: Apache-2.0
// The texts of `show voice class ...`, `show voice translation-*`, `show num-exp` and `test voice
// translation-rule` (spec C.5, H.9). Pure printers; a tag that does not exist gives an error.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/base/result.hpp"
#include "config/model/config.hpp"
#include "dialplan/dial_plan.hpp"
#include "dialplan/translation.hpp"
#include "dialplan/usage_map.hpp"

namespace weir::dialplan {

// The words of types and plans in the language: "international", "private", ...
[[nodiscard]] const char* word_of(config::NumberType type);
[[nodiscard]] const char* word_of(config::NumberPlan plan);
[[nodiscard]] std::optional<config::NumberType> number_type_of(std::string_view word);
[[nodiscard]] std::optional<config::NumberPlan> number_plan_of(std::string_view word);

// Errors: not_found without such a rule set, invalid when it cannot be compiled. `""` as digits
// stands for the empty number.
[[nodiscard]] Result<std::string> test_translation_rule(const config::Config& config,
                                                        std::uint32_t rule_set,
                                                        const NumberProbe& number);

enum class Sort : std::uint8_t { as_configured, ascending, descending };
using Tag = std::optional<std::uint32_t>;  // none = all

[[nodiscard]] Result<std::string> show_translation_rules(const config::Config& config, Tag tag,
                                                         Sort sort = Sort::as_configured);
[[nodiscard]] Result<std::string> show_translation_profiles(const config::Config& config,
                                                            const std::string& name,
                                                            Sort sort = Sort::as_configured);
// `pattern` "" = all.
[[nodiscard]] std::string show_num_exp(const config::Config& config, const std::string& pattern);

[[nodiscard]] Result<std::string> show_uri_classes(const config::Config& config,
                                                   const std::string& tag);
[[nodiscard]] std::string show_uri_class_summary(const config::Config& config);
// With the entries that the files have brought.
[[nodiscard]] Result<std::string> show_pattern_maps(const DialPlan& plan, Tag tag);
[[nodiscard]] std::string show_pattern_map_summary(const DialPlan& plan);
[[nodiscard]] Result<std::string> show_dial_peer_groups(const config::Config& config, Tag tag);
// `usage`: where round robin stands; null = not running.
[[nodiscard]] Result<std::string> show_server_groups(const config::Config& config, Tag tag,
                                                     const UsageMap* usage);
[[nodiscard]] Result<std::string> show_provision_policies(const config::Config& config, Tag tag);

}  // namespace weir::dialplan
