// SPDX-License-Identifier: Apache-2.0
// What weir-recorder's command line and platform.yaml say.
#pragma once

#include "config/base/address.hpp"
#include "config/base/log.hpp"
#include "config/base/result.hpp"
#include "deploy/apps/options.hpp"
#include "forking/recorder/recorder_server.hpp"

namespace weir::apps {

struct RecorderProgram {
    Endpoint listen{.address = IpAddress::v4(127, 0, 0, 1), .port = 5080};  // SIP, UDP and TCP
    forking::RecorderSettings recorder;
    LogLevel log_level = LogLevel::info;
};

// The recorder section of --platform FILE, then the flags, which win. Errors: invalid.
[[nodiscard]] Result<RecorderProgram> read_recorder_options(const Options& options);

}  // namespace weir::apps
