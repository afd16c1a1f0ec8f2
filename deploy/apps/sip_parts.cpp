// SPDX-License-Identifier: Apache-2.0
// Opens what can fail to open, in the order in which an operator wants to hear of it, and builds
// the rest on it.
#include "deploy/apps/sip_parts.hpp"

#include "deploy/apps/binding_store.hpp"
#include "deploy/apps/plan_files.hpp"
#include "deploy/apps/tls_wiring.hpp"
#include "forking/ledger/render.hpp"

namespace weir::apps {
namespace {

// Puts what was made in its place, or passes its error on.
template <typename Made, typename Place>
Result<void> place(Made made, Place& where) {
    if (!made) return tl::unexpected(made.error());
    where = std::move(*made);
    return {};
}

signaling::NetworkKnowledge known_network(const SipSurroundings& around, const MediaRealms& realms,
                                          RouteCache& routes, NameService& names) {
    signaling::NetworkKnowledge network = network_knowledge(around.node, realms, routes.lookup());
    names.answer_for(network);
    return network;
}

}  // namespace

Result<OpenedParts> open_parts(const SipSurroundings& around, const UniqueFd& signals) {
    const auto& [node, places, clock, random, log] = around;
    OpenedParts parts;
    auto done = place(signaling::SofiaLoop::create(log), parts.loop);
    if (done)
        done = place(dataplane::LinkClient::make(
                         {places.runtime + "/media.sock", random.next() | 1U}, clock, log),
                     parts.plane);
    if (done) done = place(open_stack(node, *parts.loop, random, signals), parts.plain);
    if (done)
        done = place(signaling::TlsStack::create(
                         {*parts.loop, random, parts.plain->shared_stats(), log}, {}),
                     parts.secure);
    if (done) done = place(signaling::CdrFile::open(node.platform.paths.cdr, log), parts.cdr_file);
    if (done)
        done = place(NameService::create(*parts.loop, node.platform, random, log), parts.names);
    if (!done) return tl::unexpected(done.error());
    return parts;
}

SipParts::SipParts(const SipSurroundings& surroundings, OpenedParts& opened_parts)
    : around(surroundings),
      opened(opened_parts),
      reports(*opened.plane, *opened.loop),
      stack(*opened.plain, *opened.secure),
      cdr(*opened.loop, *opened.cdr_file, around.log, forking::recording_json),
      routes(around.clock, kernel_route),
      realms(around.node.platform, routes.lookup()),
      network(known_network(around, realms, routes, *opened.names)),
      calls({*opened.loop, stack, *opened.plane, cdr, around.random, around.log}, network),
      flight(around.node.platform.paths.trace_directory(), calls, around.random, around.clock,
             around.log),
      recordings({*opened.loop, stack, *opened.plane, ledger, around.random, around.log}, network,
                 record_hooks(cdr)),
      history(around.clock),
      router(calls),
      edge({*opened.loop, stack, around.random, around.log}, network, calls, router),
      live({*opened.loop, around.node, calls,
            flash_directory(around.node.platform, around.places.startup),
            [this](const config::Config& config) {
                set_trunks(config);
                edge.set_config(around.node.config);
            }}),
      store(
          store_settings(around.node.platform, around.places), around.node.config,
          [this](const auto& next) { return live.prepare(next); }, around.clock) {
    connect();
    set_trunks(*around.node.config);
}

void SipParts::connect() {
    opened.plane->add_listener(calls);
    opened.plane->add_listener(recordings);
    opened.plane->add_listener(
        reports);  // last: when it is told, the others have asked what they must
    calls.add_listener(recordings);
    calls.add_listener(history);
    router.add(recordings);
    stack.set_events(router);
    opened.plain->set_way_listener(flight.way_listener());
}

void SipParts::set_trunks(const config::Config& config) {
    history.configure(config);
    opened.secure->configure(tls_settings(config, around.node.platform, around.places.startup));
    opened.names->keep(config, stack.listeners());
}

void SipParts::begin() {
    if (const auto read = store.open(); !read)
        around.log.warning("store.history_not_kept", {{"why", read.error().context}});
    live.begin(store.running_id());
    edge.set_config(around.node.config);
    edge.keep_bindings(bindings_file(around.node.platform.paths.cdr));
}

void SipParts::add_to(SipMetrics& metrics) const {
    metrics.add_parts(calls, recordings, ledger, cdr, *opened.cdr_file, *opened.plain,
                      *opened.secure, *opened.names, *opened.plane, flight, edge);
}

}  // namespace weir::apps
