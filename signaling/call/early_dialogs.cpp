// SPDX-License-Identifier: Apache-2.0
// EarlyDialogs: found by the callee's tag.
#include "signaling/call/early_dialogs.hpp"

#include <algorithm>

#include "signaling/call/reliable_limits.hpp"

namespace weir::signaling {

void EarlyDialogs::begin(const Dialog& begun) {
    clear();
    begun_ = begun;
}

void EarlyDialogs::begin_again(Dialog& current) const {
    if (!begun_ || begun_->call_id() != current.call_id()) return;
    std::uint32_t last = current.last_cseq();
    for (const auto& one : dialogs_)
        last = std::max(last, one.dialog.last_cseq());
    current = *begun_;
    current.count_on_from(last);
}

void EarlyDialogs::clear(const std::string& answered) {
    for (const auto& one : dialogs_) {
        const Dialog& dialog = one.dialog;
        const bool asked = begun_ && dialog.last_cseq() > begun_->last_cseq();
        if (!asked || dialog.remote_tag() == answered) continue;
        if (spent_.size() == kMaxEarlyDialogs) spent_.erase(spent_.begin());
        spent_.push_back({dialog.call_id(), dialog.remote_tag(), dialog.last_cseq()});
    }
    dialogs_.clear();
    begun_.reset();
}

std::uint32_t EarlyDialogs::last_cseq(const Dialog& fork) const {
    std::uint32_t last = 0;
    for (const auto& one : dialogs_)
        if (one.dialog.call_id() == fork.call_id() && one.dialog.remote_tag() == fork.remote_tag())
            last = std::max(last, one.dialog.last_cseq());
    for (const auto& one : spent_)
        if (one.call_id == fork.call_id() && one.tag == fork.remote_tag())
            last = std::max(last, one.cseq);
    return last;
}

Dialog* EarlyDialogs::dialog_of(const SipMessage& request) {
    for (auto& one : dialogs_)
        if (one.dialog.sent(request)) return &one.dialog;
    return nullptr;
}

EarlyDialog* EarlyDialogs::find(const std::string& tag) {
    const auto found = std::find_if(dialogs_.begin(), dialogs_.end(), [&](const EarlyDialog& one) {
        return one.dialog.remote_tag() == tag;
    });
    return found == dialogs_.end() ? nullptr : &*found;
}

void EarlyDialogs::keep(const Dialog& current) {
    if (EarlyDialog* known = find(current.remote_tag())) known->dialog = current;
}

EarlyDialog* EarlyDialogs::select(const SipMessage& response, Dialog& current) {
    if (!begun_) return nullptr;
    const Dialog fork = begun_->fork_of(response);
    EarlyDialog* known = find(fork.remote_tag());
    if (known == nullptr) {
        if (dialogs_.size() >= kMaxEarlyDialogs) return nullptr;
        keep(current);
        dialogs_.push_back({fork, {}, {}, false, false, false});
        current = fork;
        return &dialogs_.back();
    }
    if (current.remote_tag() != fork.remote_tag()) {
        keep(current);
        current = known->dialog;
    }
    current.on_response(response);
    return known;
}

bool EarlyDialogs::has(const SipMessage& request) const {
    return std::any_of(dialogs_.begin(), dialogs_.end(),
                       [&](const EarlyDialog& one) { return one.dialog.matches(request); });
}

bool EarlyDialogs::select_for_request(const SipMessage& request, Dialog& current) {
    if (current.matches(request)) return true;
    for (const auto& one : dialogs_) {
        if (!one.dialog.matches(request)) continue;
        keep(current);
        current = one.dialog;
        return true;
    }
    return false;
}

bool EarlyDialogs::has_others(const std::string& tag) const {
    return std::any_of(dialogs_.begin(), dialogs_.end(), [&](const EarlyDialog& one) {
        return !one.ended && one.dialog.remote_tag() != tag;
    });
}

}  // namespace weir::signaling
