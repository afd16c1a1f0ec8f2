// SPDX-License-Identifier: Apache-2.0
// The files that a dial plan is filled from, as they lie on this machine.
#pragma once

#include <memory>
#include <string>

#include "config/base/result.hpp"
#include "config/model/config.hpp"
#include "config/platform/platform.hpp"
#include "dialplan/dial_plan.hpp"
#include "dialplan/map_files.hpp"

namespace weir::apps {

// flash.directory of platform.yaml, else the directory `flash` beside the configuration file.
[[nodiscard]] std::string flash_directory(const config::Platform& platform,
                                          const std::string& config_file);

// What urls of the configuration read: files below `directory` (flash_file.hpp), of at most
// kMapFileBytes. Thread: any that may wait for the disk.
[[nodiscard]] dialplan::FileReader file_reader(std::string directory);

// The plan with its files read. Thread: not sip, it waits for the disk.
[[nodiscard]] Result<std::shared_ptr<const dialplan::DialPlan>> compile_plan(
    const config::ConfigPtr& config, const std::string& flash);

// `voice class e164-pattern-map load N`: the plan with that file read again. An error leaves `plan`
// to be used as it is.
[[nodiscard]] Result<std::shared_ptr<const dialplan::DialPlan>> reload_map(
    const dialplan::DialPlan& plan, std::uint32_t map, const std::string& flash);

}  // namespace weir::apps
