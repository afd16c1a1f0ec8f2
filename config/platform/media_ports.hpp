// SPDX-License-Identifier: Apache-2.0
// Reads media.ports, and holds the realms against the I/O mode and its ports.
#pragma once

#include <yaml-cpp/yaml.h>

#include "config/platform/platform.hpp"
#include "config/platform/yaml_section.hpp"

namespace weir::config {

// media.ports with every error of its own.
void read_media_ports(const YAML::Node& node, MediaPlatform& media, PlatformErrors& errors);

// The keys of one realm that concern its port. Their meaning is checked by check_ports.
void read_realm_port(YamlSection& section, Realm& realm);

// What no single section can know: realms on ports that are not there, ports without realms, keys
// that have no meaning in this mode. `realms` is the node that platform.realms was read from.
void check_ports(const YAML::Node& realms, const Platform& platform, PlatformErrors& errors);

}  // namespace weir::config
