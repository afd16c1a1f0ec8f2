// SPDX-License-Identifier: Apache-2.0
// The sofia-sip headers with our types as callback contexts; included only by .cpp files of this
// folder.
#pragma once

namespace weir::signaling {
struct WatchedMessage;
struct LoopWatch;
}  // namespace weir::signaling

#define TP_CLIENT_T ::weir::signaling::WatchedMessage
#define SU_WAKEUP_ARG_T ::weir::signaling::LoopWatch

#include <sofia-sip/msg.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/nta.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/nta_tport.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/su.h>
#include <sofia-sip/su_log.h>
#include <sofia-sip/su_wait.h>
#include <sofia-sip/tport.h>
#include <sofia-sip/tport_tag.h>
