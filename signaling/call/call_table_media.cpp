// SPDX-License-Identifier: Apache-2.0
// CallTable: events of the media plane, and what its coming and going means.
#include <algorithm>
#include <utility>

#include "signaling/call/call_table.hpp"

namespace weir::signaling {

// Events that are not the calls' own (forks, reports) are ignored: other listeners want them.
struct CallTable::MediaVisitor {
    CallTable& table;

    void operator()(const dataplane::Leased& event) const {
        const auto call = take_tag(event.tag);
        if (!call) return;
        if (table.find(*call) == nullptr) {
            // The call has gone in the meantime: nobody else will close the session.
            if (event.first_stream == 0 &&
                !table.parts_.media.submit(dataplane::CloseSession{event.session}))
                table.parts_.log.warning("call.media_command_lost", {{"call_id", call->value()}});
            return;
        }
        table.sessions_[event.session] = *call;
        table.feed(*call, MediaLeased{event});
    }
    void operator()(const dataplane::Refused& event) const {
        const auto call = take_tag(event.tag);
        if (!call) return;
        table.parts_.log.warning(
            "call.media_refused",
            {{"call_id", call->value()}, {"reason", dataplane::to_string(event.reason)}});
        table.feed(*call, MediaRefused{});
    }
    void operator()(const dataplane::Opened& event) const {
        if (const auto call = owner_of(event.session))
            table.feed(*call, MediaOpened{event.session});
    }
    void operator()(const dataplane::Closed& event) const {
        const auto call = owner_of(event.state.session);
        if (!call) return;
        table.sessions_.erase(event.state.session);
        table.feed(*call, MediaClosed{event.state});
    }
    void operator()(const dataplane::Listed& event) const { table.on_listed(event); }
    void operator()(const dataplane::ListEnd& event) const {
        if (event.tag == table.list_tag_) table.on_list_end();
    }
    void operator()(const dataplane::MediaTimeout& event) const {
        const auto call = owner_of(event.session);
        if (!call) return;
        table.parts_.log.info("call.media_silent",
                              {{"call_id", call->value()},
                               {"stream", event.stream},
                               {"side", event.side == Side::a ? "caller" : "callee"}});
    }
    void operator()(const dataplane::LawBroken& event) const {
        ++table.counters_.laws_broken;
        const auto call = owner_of(event.session);
        table.parts_.log.error("media.law_broken", {{"call_id", call ? call->value() : 0},
                                                    {"law", dataplane::to_string(event.law)},
                                                    {"stream_or_fork", event.stream_or_fork}});
    }
    void operator()(const dataplane::PlaneUp&) const { table.on_plane_up(); }
    void operator()(const dataplane::PlaneDown&) const { table.on_plane_down(); }
    void operator()(const dataplane::ForkLeased&) const {}
    void operator()(const dataplane::ForkLive&) const {}
    void operator()(const dataplane::ForkClosed&) const {}
    void operator()(const dataplane::Report& event) const { table.on_report(event); }
    void operator()(const dataplane::PlaneReport&) const {}

private:
    std::optional<CallId> take_tag(dataplane::RequestTag tag) const {
        const auto found = table.media_tags_.find(tag);
        if (found == table.media_tags_.end()) return std::nullopt;
        const CallId call = found->second;
        table.media_tags_.erase(found);
        return call;
    }
    std::optional<CallId> owner_of(dataplane::SessionId session) const {
        const auto found = table.sessions_.find(session);
        if (found == table.sessions_.end()) return std::nullopt;
        return found->second;
    }
};

void CallTable::on_media_event(const dataplane::Event& event) {
    std::visit(MediaVisitor{*this}, event);
}

void CallTable::on_plane_up() {
    orphans_.clear();
    unlisted_.clear();
    for (const auto& [session, call] : sessions_)
        unlisted_.insert(session);
    parts_.log.info("media.up", {{"sessions", sessions_.size()}});
    if (plan_) {
        const auto& ports = plan_->config()->voice.rtp_ports;
        if (!parts_.media.submit(dataplane::SetPortRange{ports.min, ports.max}))
            parts_.log.warning("call.port_range_not_sent", {});
    }
    list_sessions();
}

void CallTable::list_sessions() {
    listed_orphans_.clear();
    list_tag_ = parts_.media.next_tag();
    if (!parts_.media.submit(dataplane::ListSessions{list_tag_}))
        parts_.log.warning("call.sessions_not_listed", {});
}

// Calls go on: weir-media relays without us, or its successor maps the sessions. Only what waits
// for an answer that will not come is refused.
void CallTable::on_plane_down() {
    parts_.log.warning("media.down", {{"calls", calls_.size()}});
    for (const auto& [tag, call] : std::exchange(media_tags_, {}))
        feed(call, MediaRefused{});
}

void CallTable::on_listed(const dataplane::Listed& listed) {
    if (listed.tag != list_tag_) return;
    const bool was_away = unlisted_.erase(listed.session) != 0;
    const auto found = sessions_.find(listed.session);
    if (found != sessions_.end()) {
        if (listed.owned == 0 && !parts_.media.submit(dataplane::AdoptSession{listed.session}))
            parts_.log.warning("call.media_command_lost", {{"call_id", found->second.value()}});
        // One by one as they are listed: all at once would overflow the link's queue.
        if (was_away) feed(found->second, MediaKept{});
        return;
    }
    // It may carry a conversation: weir-media ends it when it has been silent for kOrphanIdle.
    listed_orphans_.push_back({listed.session, listed.guid});
    const bool known = std::any_of(orphans_.begin(), orphans_.end(), [&](const OrphanSession& one) {
        return one.session == listed.session;
    });
    if (known) return;
    parts_.log.warning("media.orphan", {{"session", listed.session.slot},
                                        {"generation", listed.session.generation},
                                        {"guid", listed.guid.to_string()}});
}

void CallTable::on_list_end() {
    orphans_ = std::exchange(listed_orphans_, {});
    // weir-media does not tell when it has released one: look again until none is left.
    parts_.loop.cancel(std::exchange(list_timer_, {}));
    if (!orphans_.empty())
        list_timer_ = parts_.loop.after(kOrphanIdle / 3, [this] { list_sessions(); });
    for (const auto& session : std::exchange(unlisted_, {})) {
        const auto found = sessions_.find(session);
        if (found == sessions_.end()) continue;
        const CallId call = found->second;
        sessions_.erase(found);
        ++counters_.media_lost;
        parts_.log.error("call.media_lost", {{"call_id", call.value()}});
        feed(call, MediaLost{});
    }
}

}  // namespace weir::signaling
