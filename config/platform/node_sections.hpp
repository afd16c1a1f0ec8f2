// SPDX-License-Identifier: Apache-2.0
// Reads the sections of node_keys.hpp from platform.yaml.
#pragma once

#include "config/platform/platform.hpp"
#include "config/platform/yaml_section.hpp"

namespace weir::config {

// interfaces, users, store, flash and ha, with every error; what has no effect yet is a warning.
void read_node_sections(YamlSection& root, PlatformReading& reading);

// A path of the file as an absolute one: relative paths are relative to the file's directory. ""
// stays "".
[[nodiscard]] std::string absolute_path(const std::string& path, const std::string& file);

}  // namespace weir::config
