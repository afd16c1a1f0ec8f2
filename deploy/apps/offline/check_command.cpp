// SPDX-License-Identifier: Apache-2.0
// weir check: what is wrong with a configuration, and whether it may run.
#include <cstdio>
#include <cstdlib>
#include <optional>

#include <fmt/format.h>

#include "config/platform/host.hpp"
#include "dataplane/host/judgement.hpp"
#include "dataplane/host/read_machine.hpp"
#include "deploy/apps/commands.hpp"
#include "deploy/apps/node.hpp"
#include "deploy/apps/offline/check_views.hpp"
#include "deploy/apps/offline/lint_command.hpp"

namespace weir::apps {
namespace {

// The limit of this process, which weir-media inherits under `weir run`.
std::optional<std::string> descriptor_warning(const config::Platform& platform) {
    const config::MediaPlatform& media = platform.media;
    const auto finding =
        dataplane::judge_descriptor_limit(media.io, media.sessions, dataplane::descriptor_limit());
    if (!finding) return std::nullopt;
    return fmt::format("media.io: {}: {} ({})", to_string(media.io), finding->what,
                       finding->command);
}

}  // namespace

int check_command(const std::string& file, const Options& options) {
    if (options.find("--print") != nullptr)
        return print_config_command(file, options.find("--all") != nullptr);
    if (options.find("--effects") != nullptr)
        return effects_command(file, options.find("--json") != nullptr);
    if (options.find("--lint") != nullptr) return lint_command(file, options);
    const std::string* platform = options.find("--platform");
    const auto host = config::read_host_facts();
    const bool for_here = platform != nullptr && host.has_value();
    const NodeCheck check =
        load_node({file, platform == nullptr ? "" : *platform}, for_here ? &*host : nullptr);
    std::fputs(check.report.c_str(), stderr);
    std::size_t warnings = check.warnings;
    if (check.node && for_here) {
        if (const auto warning = descriptor_warning(check.node->platform)) {
            fmt::print(stderr, "{}: warning: {}\n", *platform, *warning);
            ++warnings;
        }
    }
    if (!check.node) {
        fmt::print(stderr, "{}: {} error{}\n", file, check.errors, check.errors == 1 ? "" : "s");
        return 1;
    }
    const config::Config& config = *check.node->config;
    fmt::print("{}: ok ({} dial-peers, {} interfaces, {} media classes, {} warnings)\n", file,
               config.dial_peers.size(), config.interfaces.size(), config.media_classes.size(),
               warnings);
    return 0;
}

}  // namespace weir::apps
