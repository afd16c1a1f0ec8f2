// SPDX-License-Identifier: Apache-2.0
// Opens what a url of the configuration names.
#include "deploy/apps/plan_files.hpp"

#include <filesystem>
#include <utility>

#include "deploy/apps/flash_file.hpp"
#include "dialplan/dialplan_limits.hpp"

namespace weir::apps {
std::string flash_directory(const config::Platform& platform, const std::string& config_file) {
    if (!platform.flash.directory.empty()) return platform.flash.directory;
    return (std::filesystem::path(config_file).parent_path() / "flash").string();
}

dialplan::FileReader file_reader(std::string directory) {
    return [directory = std::move(directory)](const std::string& url) {
        return read_flash_file(directory, url, dialplan::kMapFileBytes);
    };
}

Result<std::shared_ptr<const dialplan::DialPlan>> compile_plan(const config::ConfigPtr& config,
                                                               const std::string& flash) {
    return dialplan::DialPlan::compile(config,
                                       dialplan::load_map_files(*config, file_reader(flash)));
}

Result<std::shared_ptr<const dialplan::DialPlan>> reload_map(const dialplan::DialPlan& plan,
                                                             std::uint32_t map,
                                                             const std::string& flash) {
    auto files = dialplan::reload_map_file(plan.files(), *plan.config(), map, file_reader(flash));
    if (!files) return fail(std::move(files).error());
    return dialplan::DialPlan::compile(plan.config(), std::move(*files));
}

}  // namespace weir::apps
