// SPDX-License-Identifier: Apache-2.0
// EarlyDialogs: found by the callee's tag.
#include "signaling/call/early_dialogs.hpp"

#include <algorithm>

#include "signaling/call/reliable_limits.hpp"

namespace weir::signaling {

void EarlyDialogs::begin(const Dialog& begun) {
    dialogs_.clear();
    begun_ = begun;
}

void EarlyDialogs::clear() {
    dialogs_.clear();
    begun_.reset();
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
