// SPDX-License-Identifier: Apache-2.0
// The turn of the monitor: dumps, events, and the second table.
#include "dataplane/route/netlink_monitor.hpp"

#include <cerrno>
#include <utility>

#include <poll.h>

namespace weir::dataplane {

Result<std::unique_ptr<NetlinkMonitor>> NetlinkMonitor::start(NetlinkMonitorOptions options,
                                                              const Clock& clock, Logger& logger) {
    auto events = NetlinkSocket::open(NetlinkSocket::Groups::all, options.receive_buffer);
    if (!events) return fail(events.error());
    auto questions = NetlinkSocket::open(NetlinkSocket::Groups::none, kNetlinkBuffer);
    if (!questions) return fail(questions.error());
    std::unique_ptr<NetlinkMonitor> monitor(
        new NetlinkMonitor(options, clock, logger, std::move(*events), std::move(*questions)));
    // The one wait: the kernel answers in milliseconds, and the node serves nobody yet.
    constexpr int kTurnMs = 20;
    for (int turn = 0; turn * milliseconds(kTurnMs) < kRouteStartLimit; ++turn) {
        monitor->run_once();
        if (monitor->counters_.resyncs > 0) return monitor;
        pollfd ready{monitor->fd(), POLLIN, 0};
        (void)::poll(&ready, 1, kTurnMs);
    }
    return fail(ErrorCode::unavailable, "the kernel does not list its routes over netlink");
}

NetlinkMonitor::NetlinkMonitor(NetlinkMonitorOptions options, const Clock& clock, Logger& logger,
                               NetlinkSocket events, NetlinkSocket questions)
    : options_(options),
      clock_(clock),
      logger_(logger),
      events_(std::move(events)),
      questions_(std::move(questions)),
      table_(options.max_routes, options.max_neighbours) {}

void NetlinkMonitor::run_once() {
    for (std::size_t i = 0; i < kNetlinkReadsPerTurn; ++i) {
        const auto received = events_.receive();
        if (received.kind == NetlinkSocket::Received::Kind::nothing) break;
        if (received.kind == NetlinkSocket::Received::Kind::overrun) {
            ++counters_.overruns;
            logger_.warning("route.overrun", {{"advice",
                                               "events of the kernel came too fast; "
                                               "its tables are read again"}});
            // What a dump in progress has read may be out of date by now.
            give_up_dump();
            continue;
        }
        read_datagram(received.bytes);
    }
    if (is_dumping() && clock_.now() > dump_deadline_) give_up_dump();
    if (!is_dumping() && is_resync_wanted_ && clock_.now() >= next_resync_) begin_resync();
}

void NetlinkMonitor::begin_resync() {
    is_resync_wanted_ = false;
    next_resync_ = clock_.now() + kRouteResync;
    dump_deadline_ = clock_.now() + kRouteResyncPatience;
    building_ = std::make_unique<RouteTable>(options_.max_routes, options_.max_neighbours);
    dump_ = Dump::links;
    is_dump_interrupted_ = false;
    send_dump();
}

void NetlinkMonitor::send_dump() {
    dump_sequence_ = events_.next_sequence();
    if (!events_.send(dump(dump_, dump_sequence_))) give_up_dump();
}

void NetlinkMonitor::give_up_dump() {
    building_.reset();
    dump_sequence_ = 0;
    want_resync();
}

void NetlinkMonitor::finish_dump(const NetlinkEnd& end) {
    if (end.error_number == EBUSY || end.error_number == EINTR) return give_up_dump();
    // Another error is an answer too: a kernel without IPv6 has none of its routes.
    dump_ = static_cast<Dump>(static_cast<int>(dump_) + 1);
    if (dump_ != Dump::count_) return send_dump();
    if (is_dump_interrupted_) return give_up_dump();
    table_ = std::move(*building_);
    building_.reset();
    dump_sequence_ = 0;
    ++counters_.resyncs;
    const bool is_whole = table_.has_all_routes() && table_.has_all_neighbours();
    if (!is_whole && !is_full_told_)
        logger_.warning("route.table_full", {{"routes", table_.routes()},
                                             {"neighbours", table_.neighbours()},
                                             {"advice", "the kernel is asked per destination"}});
    is_full_told_ = !is_whole;
    if (listener_.reread) listener_.reread();
}

void NetlinkMonitor::read_datagram(std::span<const std::uint8_t> bytes) {
    while (const auto message = next_message(bytes)) {
        // Events carry the number of whoever caused them; only parts of a dump can be interrupted.
        if (is_dumping() && message->sequence == dump_sequence_) {
            is_dump_interrupted_ = is_dump_interrupted_ || message->is_interrupted;
            if (message->end) {
                finish_dump(*message->end);
                continue;
            }
        }
        if (message->end)
            request_refused(message->end->error_number);
        else
            apply(message->update);
    }
}

void NetlinkMonitor::apply(const NetlinkUpdate& update) {
    if (std::holds_alternative<std::monostate>(update)) return;
    ++counters_.events;
    if (const auto* route = std::get_if<RouteUpdate>(&update)) apply(*route);
    if (const auto* neighbour = std::get_if<NeighbourUpdate>(&update)) apply(*neighbour);
    if (const auto* link = std::get_if<LinkUpdate>(&update)) apply(*link);
    if (const auto* address = std::get_if<AddressUpdate>(&update)) apply(*address);
}

// Everything is applied to both tables: what the dump has read already is brought up to date, and
// what it will read later is the same or newer.
void NetlinkMonitor::apply(const RouteUpdate& update) {
    bool is_in_step = true;
    for (RouteTable* table : {&table_, building_.get()}) {
        if (table == nullptr) continue;
        switch (update.change) {
            case RouteUpdate::Change::add:
                table->add(update.route);
                break;
            case RouteUpdate::Change::replace:
                table->replace(update.route);
                break;
            case RouteUpdate::Change::remove:
                // The new table may not have read it yet, or never will.
                if (!table->remove(update.route) && table == &table_) is_in_step = false;
                break;
        }
    }
    // Which of several IPv6 routes of one metric was replaced, the event does not say.
    const bool is_ambiguous = update.change == RouteUpdate::Change::replace &&
                              update.route.destination.address.family == Family::v6;
    if (!is_in_step || is_ambiguous) want_resync();
    if (!is_dumping() && listener_.routes_changed) listener_.routes_changed();
}

void NetlinkMonitor::apply(const NeighbourUpdate& update) {
    Neighbour now = update.neighbour;
    if (update.is_removed) now.state = NeighbourState::unresolved;
    const Neighbour* before = table_.neighbour(now.at);
    const bool is_news = before == nullptr ? !update.is_removed : *before != now;
    for (RouteTable* table : {&table_, building_.get()}) {
        if (table == nullptr) continue;
        if (update.is_removed)
            table->remove(now.at);
        else
            table->set(now);
    }
    if (is_news && listener_.neighbour_changed) listener_.neighbour_changed(now);
}

void NetlinkMonitor::apply(const LinkUpdate& update) {
    const Link* before = table_.link(update.link.device);
    const bool is_news =
        update.is_removed ? before != nullptr : before == nullptr || *before != update.link;
    const bool went_down = before != nullptr && before->is_up && !update.link.is_up;
    for (RouteTable* table : {&table_, building_.get()}) {
        if (table == nullptr) continue;
        if (update.is_removed)
            table->remove_link(update.link.device);
        else
            table->set(update.link);
    }
    if (!is_news) return;
    // The kernel drops the routes of a device that goes down without a word.
    if (went_down || update.is_removed) want_resync();
    Link link = update.link;
    if (update.is_removed) {
        link.is_up = false;
        link.mtu = 0;
    }
    if (listener_.link_changed) listener_.link_changed(link);
    // A device that came or was renamed may be the one that a realm waits for.
    if (!is_dumping() && listener_.routes_changed) listener_.routes_changed();
}

void NetlinkMonitor::apply(const AddressUpdate& update) {
    for (RouteTable* table : {&table_, building_.get()}) {
        if (table == nullptr) continue;
        if (update.is_removed)
            table->remove_address(update.device, update.address);
        else
            table->add_address(update.device, update.address);
    }
    // Routes that prefer a removed address as their source go without a word.
    if (update.is_removed) want_resync();
    if (!is_dumping() && listener_.routes_changed) listener_.routes_changed();
}

}  // namespace weir::dataplane
