// SPDX-License-Identifier: Apache-2.0
// What an operator's session has in weir-sip: configuration mode and the commands of the store.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "config/admin/session.hpp"
#include "config/base/log_tap.hpp"
#include "config/store/edit_session.hpp"
#include "deploy/apps/debug_commands.hpp"

namespace weir::apps {

// Commands of a session that need more than the store; each may be empty.
struct OperatorExtras {
    // The last `calls` of the CDR file by the running configuration and by `next`. Thread: admin.
    std::function<config::Answer(const config::ConfigPtr& next, std::size_t calls)> impact;
    // The same as JSON.
    std::function<config::Answer(const config::ConfigPtr& next, std::size_t calls)> impact_json;
    // `voice class e164-pattern-map load N`.
    std::function<config::Answer(std::uint32_t map)> reload_map;
    DebugSwitch debug;
    LogTap* log = nullptr;  // `show logging`, `terminal monitor`: outlives the sessions
};

// `store` and `extras` outlive the admin server. Thread: admin.
[[nodiscard]] config::SessionPartFactory operator_parts(config::Store& store,
                                                        const OperatorExtras& extras);

}  // namespace weir::apps
