// SPDX-License-Identifier: Apache-2.0
// EarlyDialogs: the early dialogs that the 18x of forks have begun on the callee's leg (RFC 3261
// 12.1, 13.2.2.4), and what each has said about its media.
#pragma once

#include <list>
#include <optional>

#include "signaling/call/dialog.hpp"
#include "signaling/call/reliable.hpp"
#include "signaling/sdp/description.hpp"

namespace weir::signaling {

struct EarlyDialog {
    Dialog dialog;  // as it was when another one became current
    ReliableReceiver received;
    // What it has described: its answer, or its offer where our INVITE had none.
    std::optional<sdp::Description> described;
    bool settled = false;   // offer/answer is complete by a reliable response and its PRACK
    bool ended = false;     // 199: nothing more comes of it (RFC 6228)
    bool withheld = false;  // its description came in a response that was blocked (spec E.5)
};

// Thread: any; a value. Bound: kMaxEarlyDialogs.
class EarlyDialogs {
public:
    // A new attempt: `begun` is the dialog behind its INVITE, without the callee's tag.
    void begin(const Dialog& begun);
    void clear();
    // Makes the dialog of `response` the current one; `current` is kept under its tag and
    // replaced. Null: there are too many.
    [[nodiscard]] EarlyDialog* select(const SipMessage& response, Dialog& current);
    // The same for a request of the callee inside one of them; false: it belongs to none.
    bool select_for_request(const SipMessage& request, Dialog& current);
    [[nodiscard]] bool has(const SipMessage& request) const;
    // The one with that tag, or null.
    [[nodiscard]] EarlyDialog* find(const std::string& tag);
    // Another dialog than the one with `tag` is still alive.
    [[nodiscard]] bool has_others(const std::string& tag) const;

private:
    void keep(const Dialog& current);

    std::optional<Dialog> begun_;
    std::list<EarlyDialog> dialogs_;  // pointers into it stay good
};

}  // namespace weir::signaling
