// SPDX-License-Identifier: Apache-2.0
// What the parts of weir-sip are made with: settings and hooks from the node's configuration.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "config/admin/admin.hpp"
#include "config/base/unique_fd.hpp"
#include "config/store/store.hpp"
#include "dataplane/api/media_plane.hpp"
#include "deploy/apps/media_realms.hpp"
#include "deploy/apps/node.hpp"
#include "forking/session/recording_manager.hpp"
#include "signaling/api/event_loop.hpp"
#include "signaling/call/routing.hpp"
#include "signaling/cdr/cdr_log.hpp"
#include "signaling/sip/sofia_loop.hpp"
#include "signaling/sip/sofia_stack.hpp"

namespace weir::apps {

// SIGTERM and SIGINT, blocked from here on in every thread that follows; read by the SIP thread.
[[nodiscard]] UniqueFd take_signals();
// Takes the signals that have come; false if there was none.
[[nodiscard]] bool was_signalled(const UniqueFd& signals);

[[nodiscard]] signaling::SofiaOptions sofia_options(const Node& node);
// The addresses of realms on ports are not on this machine before weir-media has made their taps:
// waits for them, until a signal. Errors: as SofiaStack::create.
[[nodiscard]] Result<std::unique_ptr<signaling::SofiaStack>> open_stack(const Node& node,
                                                                        signaling::SofiaLoop& loop,
                                                                        Random& random,
                                                                        const UniqueFd& signals);
// The references outlive it.
[[nodiscard]] signaling::NetworkKnowledge network_knowledge(const Node& node,
                                                            const MediaRealms& realms,
                                                            const RouteLookup& route);
// Where this process finds and keeps its configuration.
struct SipPlaces {
    std::string startup;  // the file of the node's configuration: `write memory` writes it
    std::string running;  // the copy that a weir-sip which is started again reads; "" = none
    std::string runtime;
};
[[nodiscard]] config::StoreSettings store_settings(const config::Platform& platform,
                                                   const SipPlaces& places);
// The rollback of a commit that nobody confirmed, with its line in the log. The references outlive
// it.
[[nodiscard]] std::function<void()> rollback_hook(config::Store& store, Logger& log);

// A call's record waits for its recording.
[[nodiscard]] forking::RecordHooks record_hooks(signaling::CdrLog& cdr);
[[nodiscard]] config::AdminSettings admin_settings(const Node& node, const std::string& runtime);

// The media link is up; the text names our listeners. The references outlive it.
[[nodiscard]] std::function<void(std::function<void(config::Readiness)>)> readiness_hook(
    signaling::EventLoop& loop, const dataplane::MediaPlane& plane,
    const signaling::SipStack& stack);

// Parts of the line `weir ready`.
[[nodiscard]] std::string http_text(const config::AdminServer& admin);
[[nodiscard]] std::string listeners_text(const signaling::SipStack& stack);

}  // namespace weir::apps
