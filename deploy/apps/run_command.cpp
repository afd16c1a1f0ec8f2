// SPDX-License-Identifier: Apache-2.0
// weir run: checks the configuration, takes the lock, makes the shared memory and supervises.
#include <cstdio>
#include <filesystem>

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include "config/base/log.hpp"
#include "deploy/apps/commands.hpp"
#include "deploy/apps/node.hpp"
#include "deploy/apps/notify.hpp"
#include "deploy/apps/offline/explained_config.hpp"
#include "deploy/apps/runtime_lock.hpp"
#include "deploy/apps/supervisor.hpp"

namespace weir::apps {
namespace {

int trouble(const std::string& text) {
    fmt::print(stderr, "weir: {}\n", text);
    return 1;
}

// Directories that the children write to; each is made if it is absent.
Result<void> make_directories(const config::Platform& platform) {
    const std::filesystem::path cdr(platform.paths.cdr);
    for (const std::string& path :
         {cdr.parent_path().string(), platform.paths.log,
          platform.recorder.enabled ? platform.recorder.directory : std::string()}) {
        std::error_code failure;
        if (!path.empty()) std::filesystem::create_directories(path, failure);
        if (failure)
            return fail(ErrorCode::denied,
                        fmt::format("cannot make the directory {}: {} (see paths in {})", path,
                                    failure.message(), platform.file));
    }
    return {};
}

// The configuration that was checked, kept beside the sockets: a child that is started again must
// not meet a file that somebody is editing.
Result<std::string> keep_config(const std::string& config, const std::string& runtime) {
    const std::string kept = runtime + "/running.cfg";
    std::error_code failure;
    std::filesystem::copy_file(config, kept, std::filesystem::copy_options::overwrite_existing,
                               failure);
    if (failure)
        return fail(ErrorCode::io,
                    fmt::format("cannot copy {} to {}: {}", config, kept, failure.message()));
    return kept;
}

std::vector<ChildSpec> children_of(const Node& node, const NodeFiles& files,
                                   const std::string& startup, int memory_fd, int lock_fd) {
    std::error_code failure;
    const auto here = std::filesystem::read_symlink("/proc/self/exe", failure).parent_path();
    const auto spec = [&](const std::string& name) {
        ChildSpec child;
        child.name = name;
        child.program = (here / name).string();
        child.arguments = {"--config",     files.config, "--platform",
                           files.platform, "--runtime",  node.platform.paths.runtime};
        if (const std::string log = node.platform.paths.log_file(name); !log.empty()) {
            child.arguments.push_back("--log");
            child.arguments.push_back(log);
        }
        child.inherited.push_back(lock_fd);
        return child;
    };
    std::vector<ChildSpec> children;
    children.push_back(spec("weir-media"));
    children.back().arguments.push_back("--shared-memory-fd");
    children.back().arguments.push_back(std::to_string(memory_fd));
    children.back().inherited.push_back(memory_fd);
    if (node.platform.recorder.enabled) children.push_back(spec("weir-recorder"));
    children.push_back(spec("weir-sip"));
    children.back().arguments.push_back("--startup");
    children.back().arguments.push_back(startup);
    return children;
}

void print_ready(const Node& node, const std::map<std::string, std::string>& statuses) {
    std::string line = "weir ready:";
    for (const auto& [name, status] : statuses)
        if (!status.empty()) line += fmt::format(" {};", status);
    line += fmt::format(" admin {}", node.platform.paths.admin_socket());
    fmt::print("{}\n", line);
    std::fflush(stdout);
    notify_ready(line);  // under systemd, our own starter wants to know as well
}

}  // namespace

int run_command(const Options& options) {
    const auto config_file = options.required("--config");
    const auto platform_file = options.required("--platform");
    if (!config_file || !platform_file)
        return trouble(fmt::format("{}: use weir run --config FILE --platform FILE",
                                   (config_file ? platform_file : config_file).error().context));
    const auto host = config::read_host_facts();
    if (!host) return trouble(host.error().context);
    const NodeFiles files{std::filesystem::absolute(*config_file).string(),
                          std::filesystem::absolute(*platform_file).string()};
    const NodeCheck check = load_node(files, &*host);
    std::fputs(check.report.c_str(), stderr);
    if (!check.node)
        return trouble(fmt::format("nothing was started: {} error{} in the configuration",
                                   check.errors, check.errors == 1 ? "" : "s"));
    const Node& node = *check.node;

    const auto lock = RuntimeLock::take(node.platform.paths.runtime);
    if (!lock) return trouble(lock.error().context);
    if (const auto made = make_directories(node.platform); !made)
        return trouble(made.error().context);
    const auto kept = keep_config(files.config, node.platform.paths.runtime);
    if (!kept) return trouble(kept.error().context);
    // Only a help for `weir explain --startup`: the node runs without it.
    if (const auto linked = link_startup(node.platform.paths.runtime, files.config); !linked)
        trouble(linked.error().context);
    // The session slots, the ledger and the pre-roll: ours, so that they outlive a weir-media.
    const UniqueFd memory(::memfd_create("weir-media", MFD_CLOEXEC));
    if (!memory.is_open()) return trouble("cannot make the shared memory: memfd_create failed");
    Supervisor::block_signals();  // before the log has its thread
    auto logger =
        make_logger("weir", node.platform.paths.log_file("weir"), node.platform.log_level);
    if (!logger) return trouble(logger.error().context);

    SupervisorSettings settings;
    settings.runtime = node.platform.paths.runtime;
    settings.children =
        children_of(node, {*kept, files.platform}, files.config, memory.get(), lock->fd());
    settings.on_ready = [&](const auto& statuses) { print_ready(node, statuses); };
    settings.on_trouble = [](const std::string& text) { trouble(text); };
    const SystemClock clock;
    Supervisor supervisor(std::move(settings), clock, **logger);
    return supervisor.run();
}

}  // namespace weir::apps
