// SPDX-License-Identifier: Apache-2.0
// From the words of a configuration to the settings of TLS (spec B.13).
#pragma once

#include <string>

#include "config/model/config.hpp"
#include "config/platform/platform.hpp"
#include "signaling/tls/tls_settings.hpp"

namespace weir::apps {

// pki.directory, else the directory `pki` beside the startup configuration.
[[nodiscard]] std::string pki_directory(const config::Platform& platform,
                                        const std::string& startup);

[[nodiscard]] signaling::TlsSettings tls_settings(const config::Config& config,
                                                  const config::Platform& platform,
                                                  const std::string& startup);

}  // namespace weir::apps
