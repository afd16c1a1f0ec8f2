// SPDX-License-Identifier: Apache-2.0
// Finds the configuration that an operator names by its role.
#include "deploy/apps/offline/explained_config.hpp"

#include <filesystem>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "config/admin/client.hpp"
#include "config/base/text.hpp"
#include "deploy/apps/operator_socket.hpp"

namespace weir::apps {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRunning = "running-config";

std::string platform_of(const Options& options) {
    const std::string* platform = options.find("--platform");
    return platform == nullptr ? "" : *platform;
}

// The file behind the link; "" when there is none.
std::string startup_file(const std::string& runtime) {
    std::error_code failure;
    const fs::path target = fs::read_symlink(startup_link(runtime), failure);
    return failure ? "" : target.string();
}

Result<ExplainedConfig> of_startup(const std::string& runtime, const Options& options) {
    const std::string file = startup_file(runtime);
    if (file.empty())
        return fail(ErrorCode::not_found,
                    fmt::format("no node was run with the runtime directory {}, so its startup "
                                "configuration is not known: name the file by --config FILE, or "
                                "the directory by --platform FILE or --runtime DIR",
                                runtime));
    return ExplainedConfig{file, load_node({file, platform_of(options)}, nullptr)};
}

// What the node had in use when it last ran, as `weir run` keeps it for a weir-sip that starts
// again; none: it never ran there.
std::optional<ExplainedConfig> of_last_run(const std::string& runtime, const Options& options) {
    const std::string file = runtime + "/running.cfg";
    std::error_code failure;
    if (!fs::exists(file, failure)) return std::nullopt;
    return ExplainedConfig{file,
                           load_node({file, platform_of(options), startup_file(runtime)}, nullptr)};
}

// What the node prints can be read again: this is how it keeps its own configuration.
Result<ExplainedConfig> of_node(const std::string& runtime, const std::string& which,
                                const Options& options) {
    const auto socket = operator_socket(options);
    if (!socket) return fail(socket.error());
    const auto answer = config::ask_operator_socket(*socket, "show " + which);
    if (!answer && which == kRunning)
        if (auto last = of_last_run(runtime, options)) return *std::move(last);
    if (!answer) return fail(answer.error());
    if (!answer->ok) return fail(ErrorCode::not_found, std::string(text::trim(answer->text)));
    NodeFiles files{which, platform_of(options), startup_file(runtime)};
    files.text = answer->text;
    return ExplainedConfig{which, load_node(files, nullptr)};
}

}  // namespace

std::string startup_link(const std::string& runtime) {
    return runtime + "/startup.cfg";
}

Result<void> link_startup(const std::string& runtime, const std::string& config) {
    std::error_code failure;
    const std::string link = startup_link(runtime);
    fs::remove(link, failure);
    if (!failure) fs::create_symlink(fs::absolute(config), link, failure);
    if (failure)
        return fail(ErrorCode::io, fmt::format("cannot link {}: {}", link, failure.message()));
    return {};
}

Result<ExplainedConfig> explained_config(const Options& options) {
    std::vector<std::string> given;
    for (const char* each : {"--config", "--startup", "--running", "--candidate"})
        if (options.find(each) != nullptr) given.emplace_back(each);
    if (given.size() != 1)
        return fail(ErrorCode::invalid,
                    given.empty()
                        ? std::string("which configuration? --config FILE, --startup, --running "
                                      "or --candidate")
                        : fmt::format("{}: one of them is enough", fmt::join(given, " and ")));
    if (const std::string* file = options.find("--config"))
        return ExplainedConfig{*file, load_node({*file, platform_of(options)}, nullptr)};
    const auto runtime = operator_runtime(options);
    if (!runtime) return fail(runtime.error());
    if (given.front() == "--startup") return of_startup(*runtime, options);
    return of_node(*runtime, given.front().substr(2) + "-config", options);
}

}  // namespace weir::apps
