// SPDX-License-Identifier: Apache-2.0
// `show sip-ua timers`, `retry` and `min-se`: what the configuration says (spec H.6).
#pragma once

#include "config/admin/command_table.hpp"
#include "config/model/config.hpp"
#include "deploy/apps/plan_commands.hpp"

namespace weir::apps {

// Thread: any; pure.
[[nodiscard]] std::string sip_ua_timers(const config::SipUa& ua);
[[nodiscard]] std::string sip_ua_retry(const config::SipUa& ua);

void add_sip_ua_commands(config::CommandTable& table, const PlanSources& plans);

}  // namespace weir::apps
