// SPDX-License-Identifier: Apache-2.0
// What weir-sip is made of: the parts that can fail to open, and the parts that are built on them.
// Thread: sip, except where a part says otherwise.
#pragma once

#include <memory>

#include "config/base/clock.hpp"
#include "config/base/log_tap.hpp"
#include "config/base/random.hpp"
#include "config/base/unique_fd.hpp"
#include "config/store/store.hpp"
#include "dataplane/link/link_client.hpp"
#include "deploy/apps/edge_part.hpp"
#include "deploy/apps/flight_recorder.hpp"
#include "deploy/apps/live_config.hpp"
#include "deploy/apps/media_realms.hpp"
#include "deploy/apps/media_reports.hpp"
#include "deploy/apps/name_service.hpp"
#include "deploy/apps/node.hpp"
#include "deploy/apps/route_cache.hpp"
#include "deploy/apps/sip_metrics.hpp"
#include "deploy/apps/sip_settings.hpp"
#include "forking/ledger/book.hpp"
#include "forking/session/recording_manager.hpp"
#include "signaling/call/call_table.hpp"
#include "signaling/call/sip_router.hpp"
#include "signaling/cdr/cdr_file.hpp"
#include "signaling/cdr/cdr_log.hpp"
#include "signaling/show/call_history.hpp"
#include "signaling/sip/sofia_loop.hpp"
#include "signaling/sip/sofia_stack.hpp"
#include "signaling/tls/stack_mux.hpp"
#include "signaling/tls/tls_stack.hpp"

namespace weir::apps {

// Of the whole program; all outlive the parts.
struct SipSurroundings {
    Node& node;
    const SipPlaces& places;
    const Clock& clock;
    Random& random;
    LogTap& log;
};

// The loop of the SIP thread and what it watches: sockets, the link to weir-media, files.
struct OpenedParts {
    std::unique_ptr<signaling::SofiaLoop> loop;
    std::unique_ptr<dataplane::LinkClient> plane;
    std::unique_ptr<signaling::SofiaStack> plain;
    std::unique_ptr<signaling::TlsStack> secure;
    std::unique_ptr<signaling::CdrFile> cdr_file;
    std::unique_ptr<NameService> names;
};

// Errors: of the first part that cannot be opened, in its own words.
[[nodiscard]] Result<OpenedParts> open_parts(const SipSurroundings& around,
                                             const UniqueFd& signals);

// Nothing in here can fail. Members stand in the order of dependency: each may use those above it.
struct SipParts {
    // Connects the parts and looks after the trunks of the configuration; `opened` outlives it.
    SipParts(const SipSurroundings& surroundings, OpenedParts& opened_parts);
    SipParts(const SipParts&) = delete;
    SipParts& operator=(const SipParts&) = delete;

    // What the first call finds: the store's history, the configuration of the start, and the
    // endpoints that were registered.
    void begin();
    // What the parts count.
    void add_to(SipMetrics& metrics) const;

    const SipSurroundings around;
    OpenedParts& opened;
    MediaReports reports;
    signaling::StackMux stack;

    // CDRs, calls, recordings.
    signaling::CdrLog cdr;
    RouteCache routes;
    const MediaRealms realms;
    const signaling::NetworkKnowledge network;
    signaling::CallTable calls;
    FlightRecorder flight;
    forking::LedgerBook ledger;
    forking::RecordingManager recordings;

    // Who hears what.
    signaling::CallHistory history;
    signaling::SipRouter router;
    EdgePart edge;

    // The configuration: commits come from the admin thread, which the store belongs to.
    LiveConfig live;
    config::Store store;

private:
    void connect();
    void set_trunks(const config::Config& config);
};

}  // namespace weir::apps
