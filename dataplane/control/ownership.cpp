// SPDX-License-Identifier: Apache-2.0
// Whose sessions these are: lists for a new client, adoption by it, and the release of idle
// orphans.
#include <algorithm>

#include "config/base/limits.hpp"
#include "dataplane/control/session_control.hpp"

namespace weir::dataplane {

void SessionControl::on_client_up(std::uint64_t incarnation) {
    client_ = incarnation;
    mark_orphans();
    deliver_kept();
}

void SessionControl::on_client_down() {
    client_ = 0;
    mark_orphans();
}

void SessionControl::tell(const Event& event) {
    if (client_ != 0) parts_.tell(event);
}

void SessionControl::tell_owner(std::uint64_t owner, const Event& event) {
    if (client_ != 0) return parts_.tell(event);
    // After a restart of weir-media its owner needs a moment to connect again; the final accounts
    // of what ended in between are its proof.
    if (kept_.size() >= kKeptEvents) {
        ++counters_.undelivered;
        kept_.pop_front();
    }
    kept_.push_back({owner, event});
}

void SessionControl::deliver_kept() {
    for (const auto& kept : kept_) {
        if (kept.owner == client_)
            parts_.tell(kept.event);
        else
            ++counters_.undelivered;
    }
    kept_.clear();
}

void SessionControl::handle(const ListSessions& command) {
    ListEnd end;
    end.tag = command.tag;
    for (const auto slot : table_.in_use()) {
        const SessionId session = table_.id_of(slot);
        Listed listed;
        listed.tag = command.tag;
        listed.session = session;
        listed.guid = table_.find(session)->guid;
        listed.owned = is_owned(*table_.find(session)) ? 1 : 0;
        tell(listed);
        ++end.count;
    }
    tell(end);
}

void SessionControl::handle(const AdoptSession& command) {
    SessionSlot* slot = find(command.session);
    if (slot != nullptr) slot->owner = client_;
}

bool SessionControl::is_owned(const SessionSlot& slot) const {
    return client_ != 0 && slot.owner == client_;
}

void SessionControl::mark_orphans() {
    // Also those that were orphans before: a call on hold sends nothing, and its new owner, or the
    // old one come back, has the whole of kOrphanIdle to speak for it.
    for (const auto slot : table_.in_use()) {
        SessionRecord& record = table_.record(table_.id_of(slot));
        record.orphan_since = now();
        record.next_probe = now() + kOrphanIdle;
    }
}

void SessionControl::look_at_orphan(SessionId session, MonoTime time) {
    const SessionSlot& slot = *table_.find(session);
    SessionRecord& record = table_.record(session);
    if (slot.use > SlotUse::open || is_owned(slot) || time < record.next_probe) return;
    record.next_probe = time + kOrphanIdle;  // once the answer has come, it says better
    request_snapshot({session, 0, Purpose::orphan});
}

void SessionControl::on_orphan_snapshot(SessionId session, const SessionSlot* snapshot) {
    const SessionSlot* slot = table_.find(session);
    if (snapshot == nullptr || slot == nullptr || slot->use > SlotUse::open || is_owned(*slot))
        return;
    SessionRecord& record = table_.record(session);
    MonoTime last = record.orphan_since;
    for (const auto& stream : snapshot->streams)
        for (const auto& direction : stream.from)
            last.ns = std::max(last.ns, direction.account.last_at_ns);
    if (now() < last + kOrphanIdle) {
        record.next_probe = last + kOrphanIdle;
        return;
    }
    ++counters_.orphans_released;
    parts_.logger.warning("control.orphan_released", {{"guid", slot->guid.to_string()},
                                                      {"session", session.slot},
                                                      {"idle_s", (now() - last) / seconds(1)}});
    close(session);
    stop_all_forks(session);
}

}  // namespace weir::dataplane
