// SPDX-License-Identifier: Apache-2.0
// What sessions of weir-sip can do beside editing: `show commit impact`, reading a map's file
// again.
#pragma once

#include <string>

#include "deploy/apps/dialpeer_debug.hpp"
#include "deploy/apps/live_config.hpp"
#include "deploy/apps/operator_part.hpp"
#include "signaling/debug/debug_board.hpp"

namespace weir::apps {

// Everything that can be debugged; used on the SIP thread.
struct Debugs {
    signaling::EventLoop& loop;
    DialpeerDebug& dialpeer;
    signaling::DebugBoard& ccsip;
};

// The references outlive what is given back. Thread: admin.
[[nodiscard]] OperatorExtras operator_extras(LiveConfig& live, const Debugs& debugs,
                                             const std::string& cdr_file, LogTap& log);

}  // namespace weir::apps
