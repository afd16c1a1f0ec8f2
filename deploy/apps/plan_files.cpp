// SPDX-License-Identifier: Apache-2.0
// Opens what a url of the configuration names.
#include "deploy/apps/plan_files.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <utility>

#include "config/base/text.hpp"
#include "dialplan/dialplan_limits.hpp"

namespace weir::apps {
namespace {

namespace fs = std::filesystem;

// A file name below the directory, whatever stands in it.
Result<fs::path> below(const std::string& directory, std::string_view name) {
    while (name.starts_with('/'))
        name.remove_prefix(1);
    const fs::path path = fs::path(name).lexically_normal();
    if (path.empty() || path == "." || *path.begin() == "..")
        return fail(ErrorCode::denied, "the name leaves the flash directory " + directory);
    return fs::path(directory) / path;
}

Result<fs::path> path_of(const std::string& directory, std::string_view url) {
    for (const std::string_view scheme : {"flash:", "bootflash:"})
        if (text::istarts_with(url, scheme)) return below(directory, url.substr(scheme.size()));
    for (const std::string_view scheme : {"http:", "https:", "ftp:", "tftp:", "scp:", "sftp:"})
        if (text::istarts_with(url, scheme))
            return fail(ErrorCode::unavailable,
                        "files are not fetched over the network: copy it "
                        "to the flash directory " +
                            directory + " and name it flash:NAME");
    if (text::istarts_with(url, "file:")) url.remove_prefix(5);
    return url.starts_with('/') ? Result<fs::path>(fs::path(url)) : below(directory, url);
}

Result<std::string> read_path(const fs::path& path) {
    std::error_code error;
    if (!fs::is_regular_file(path, error))
        return fail(ErrorCode::not_found, path.string() + " is no file that can be read");
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail_errno("cannot open " + path.string(), errno);
    // One byte more than is allowed, so that a file that is too long shows.
    std::string text(dialplan::kMapFileBytes + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad()) return fail_errno("cannot read " + path.string(), errno);
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

}  // namespace

std::string flash_directory(const config::Platform& platform, const std::string& config_file) {
    if (!platform.flash.directory.empty()) return platform.flash.directory;
    return (fs::path(config_file).parent_path() / "flash").string();
}

dialplan::FileReader file_reader(std::string directory) {
    return [directory = std::move(directory)](const std::string& url) -> Result<std::string> {
        const auto path = path_of(directory, url);
        return path ? read_path(*path) : fail(path.error());
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
