// SPDX-License-Identifier: Apache-2.0
// CallTable: calls whose target is a name that nobody has asked for before, and addresses of names
// that do not answer (RFC 3263 4.3).
#include <set>
#include <utility>

#include "signaling/call/call_edge_limits.hpp"
#include "signaling/call/call_table.hpp"

namespace weir::signaling {
namespace {

std::string text_of(const std::vector<HopQuery>& names) {
    std::set<std::string> once;
    std::string text;
    for (const HopQuery& name : names) {
        if (!once.insert(name.host).second) continue;
        text += (text.empty() ? "" : ", ") + name.host;
        if (once.size() == kNamesInRecord) break;
    }
    return text;
}

}  // namespace

// True: the call begins when the names are known, or when its patience is over; then it hunts on
// without them.
bool CallTable::wait_for_names(const IncomingRequest& request, const std::vector<HopQuery>& unknown,
                               const NameWaiter* before) {
    if (unknown.empty() || !network_.when_known) return false;
    const MonoTime now = parts_.loop.clock().now();
    const std::chrono::nanoseconds waited =
        before == nullptr ? std::chrono::nanoseconds(0) : now - before->began;
    const std::chrono::nanoseconds left = network_.name_patience - waited;
    if (left <= std::chrono::nanoseconds(0)) {
        if (before != nullptr) ++names_.in_vain;
        return false;
    }
    if (names_.waiting.size() >= kMaxNameWaits) return false;
    NameWaiter waiter{request, {text_of(unknown), {}, false}, now};
    if (before != nullptr) {
        // The answer for a number has led to a host.
        waiter.began = before->began;
        waiter.wait.names = before->wait.names + ", " + waiter.wait.names;
    } else {
        ++names_.waits;
        parts_.stack.respond(request.txn, make_response(request.message, 100, "", ""));
    }
    names_.waiting.insert_or_assign(request.txn, std::move(waiter));
    network_.when_known(unknown, left, [this, invite = request.txn] { names_are_known(invite); });
    return true;
}

void CallTable::names_are_known(ServerTxn invite) {
    auto node = names_.waiting.extract(invite);
    if (node.empty()) return;  // cancelled meanwhile
    NameWaiter& waiter = node.mapped();
    waiter.wait.time = std::chrono::duration_cast<std::chrono::milliseconds>(
        parts_.loop.clock().now() - waiter.began);
    parts_.log.info("call.waited_for_names",
                    {{"names", waiter.wait.names}, {"ms", waiter.wait.time.count()}});
    start_call(waiter.request, &waiter);
}

// A Refer-To or a Contact of a 3xx that names who has not been called before: the call goes on as
// it is until the answer comes, or the patience is over.
void CallTable::look_for_routes(CallId id, Entry& entry, const FindRoutes& query) {
    std::vector<HopQuery> unknown;
    RoutesFound found = find_routes(id, entry, query, unknown);
    const bool is_full = names_.waiting.size() + names_.searches.size() >= kMaxNameWaits;
    if (unknown.empty() || !network_.when_known || is_full ||
        network_.name_patience <= std::chrono::nanoseconds(0)) {
        names_.searches.erase(id);
        entry.inputs.emplace_back(std::move(found));
        return;
    }
    ++names_.waits;
    const std::uint64_t serial = ++names_.last_search;
    names_.searches.insert_or_assign(
        id, RouteSearch{serial, query, text_of(unknown), parts_.loop.clock().now()});
    network_.when_known(unknown, network_.name_patience,
                        [this, id, serial] { routes_may_be_known(id, serial); });
}

void CallTable::routes_may_be_known(CallId id, std::uint64_t serial) {
    const auto search = names_.searches.find(id);
    Entry* entry = find(id);
    if (entry == nullptr || search == names_.searches.end() || search->second.serial != serial)
        return;
    std::vector<HopQuery> unknown;
    RoutesFound found = find_routes(id, *entry, search->second.query, unknown);
    const std::chrono::nanoseconds waited = parts_.loop.clock().now() - search->second.began;
    const std::chrono::nanoseconds left = network_.name_patience - waited;
    // The answer for a number has led to a host.
    if (!unknown.empty() && left > std::chrono::nanoseconds(0))
        return network_.when_known(unknown, left,
                                   [this, id, serial] { routes_may_be_known(id, serial); });
    if (!unknown.empty()) ++names_.in_vain;
    parts_.log.info(
        "call.waited_for_names",
        {{"call_id", id.value()},
         {"names", search->second.names},
         {"ms", std::chrono::duration_cast<std::chrono::milliseconds>(waited).count()}});
    names_.searches.erase(search);
    feed(id, std::move(found));
}

// RFC 3261 9.2: there is no call yet, but there is an INVITE to be answered.
bool CallTable::cancel_waiting(ServerTxn invite) {
    const auto node = names_.waiting.extract(invite);
    if (node.empty()) return false;
    refuse(node.mapped().request, 487, 0);
    return true;
}

void CallTable::refuse_waiting() {
    for (const auto& [invite, waiter] : std::exchange(names_.waiting, {}))
        refuse(waiter.request, 503, kCauseTemporaryFailure);
}

namespace {

// Among the registrars of `session target registrar`: another one may be asked instead.
bool has_alternative(const CallSetup& setup, const SipPath& path) {
    const auto& routes = setup.routes;
    for (std::size_t i = 0; i < routes.size(); ++i)
        if (routes[i].dialog.path == path)
            return routes[i].alternative || (i + 1 < routes.size() && routes[i + 1].alternative);
    return false;
}

}  // namespace

// Only of names and registrars: a target with one address has no other to be left for.
void CallTable::watch_address(ClientTxn txn, const CallSetup& setup, const SipPath& path) {
    if (!path.host.empty() || has_alternative(setup, path))
        names_.asked[txn] = {path.transport, path.remote};
}

void CallTable::address_answered(ClientTxn txn, const SipMessage& response) {
    const auto found = names_.asked.find(txn);
    if (found == names_.asked.end()) return;
    names_.health.answered(found->second, response, parts_.loop.clock().now());
    if (response.status >= 200) names_.asked.erase(found);
}

void CallTable::address_silent(ClientTxn txn) {
    const auto node = names_.asked.extract(txn);
    if (node.empty()) return;
    const auto& [transport, address] = node.mapped();
    names_.health.silent(node.mapped(), parts_.loop.clock().now());
    parts_.log.info("call.address_silent",
                    {{"address", address.to_string()}, {"transport", to_string(transport)}});
}

void CallTable::add_name_metrics(std::vector<Metric>& metrics) const {
    const auto add = [&](const char* name, const char* help, MetricKind kind, std::uint64_t value) {
        metrics.push_back({name, help, kind, static_cast<double>(value)});
    };
    add("weir_signaling_name_waits_total", "Calls that waited for a name of their target",
        MetricKind::counter, names_.waits);
    add("weir_signaling_name_waits_in_vain_total",
        "Of them, those whose name had no answer in time", MetricKind::counter, names_.in_vain);
    add("weir_signaling_addresses_resting", "Addresses of names that calls leave alone",
        MetricKind::gauge, names_.health.resting());
}

}  // namespace weir::signaling
