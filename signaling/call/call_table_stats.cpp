// SPDX-License-Identifier: Apache-2.0
// CallTable: P-RTP-Stat (spec E.10). BYEs and the 200s to them wait for the counters of the call's
// media, but never longer than kRtpStatWait.
#include <utility>

#include "signaling/call/call_table.hpp"
#include "signaling/call/rtp_stat.hpp"

namespace weir::signaling {
namespace {

// The message of a BYE, or of the 200 to one; null: another action.
SipMessage* release_message(CallAction& action) {
    if (auto* request = std::get_if<SendRequest>(&action))
        return request->request.message.method == "BYE" ? &request->request.message : nullptr;
    auto* response = std::get_if<Respond>(&action);
    if (response == nullptr || response->response.status != 200) return nullptr;
    const auto cseq = response->response.cseq();
    return cseq && cseq->method == "BYE" ? &response->response : nullptr;
}

}  // namespace

// Keeps the action until the counters are there; false: it goes out as it is.
bool CallTable::wait_for_stats(CallId id, Entry& entry, CallAction& action) {
    SipMessage* message = release_message(action);
    if (message == nullptr || !wants_rtp_stat(*entry.call->setup().config)) return false;
    const dataplane::SessionId session = entry.call->session();
    if (entry.stats.done || !sessions_.contains(session)) return false;
    entry.stats.held.push_back(std::move(action));
    if (entry.stats.tag != 0) return true;
    entry.stats.tag = parts_.media.next_tag();
    if (!parts_.media.submit(dataplane::ReadSession{entry.stats.tag, session})) {
        action = std::move(entry.stats.held.back());
        entry.stats.held.clear();
        entry.stats.done = true;
        return false;
    }
    stats_tags_[entry.stats.tag] = id;
    entry.stats.timer = parts_.loop.after(kRtpStatWait, [this, id] { finish_stats(id, nullptr); });
    return true;
}

void CallTable::on_report(const dataplane::Report& report) {
    const auto found = stats_tags_.find(report.tag);
    if (found != stats_tags_.end()) finish_stats(found->second, &report.state);
}

// `state` null: no counters came in time, and the messages go without them.
void CallTable::finish_stats(CallId id, const dataplane::SessionState* state) {
    Entry* entry = find(id);
    if (entry == nullptr) return;
    drop_stats(*entry);
    const CallView view = entry->call->view();
    const auto now = parts_.loop.clock().now();
    const auto talked =
        view.connected_at
            ? std::chrono::duration_cast<std::chrono::seconds>(now - *view.connected_at)
            : std::chrono::seconds(0);
    std::vector<CallAction> held = std::exchange(entry->stats.held, {});
    for (auto& action : held) {
        SipMessage* message = release_message(action);
        if (message == nullptr || state == nullptr) continue;
        message->add("P-RTP-Stat",
                     rtp_stat(*state, entry->call->side_of_message(*message), talked));
    }
    carry_out(id, *entry, std::move(held));
    if (!entry->stepping) drain(id, *entry);
}

// Nothing more is waited for; what is held stays for the caller.
void CallTable::drop_stats(Entry& entry) {
    entry.stats.done = true;
    stats_tags_.erase(entry.stats.tag);
    if (entry.stats.timer != TimerId{}) parts_.loop.cancel(std::exchange(entry.stats.timer, {}));
}

}  // namespace weir::signaling
