// SPDX-License-Identifier: Apache-2.0
// EarlyDialogs: the early dialogs that the 18x of forks have begun on the callee's leg (RFC 3261
// 12.1, 13.2.2.4), and what each has said about its media.
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <vector>

#include "signaling/call/boxed.hpp"
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
    // The INVITE goes out once more (401, 407, 422): its early dialogs are over (RFC 3261 12.3),
    // and `current` is again the dialog behind it, with a number above all of theirs.
    void begin_again(Dialog& current) const;
    // Only the numbers stay, but for the one with the tag `answered`: that dialog goes on
    // elsewhere.
    void clear(const std::string& answered = {});
    // The highest CSeq that we have used in that dialog, as far as it was one of these; 0: none.
    [[nodiscard]] std::uint32_t last_cseq(const Dialog& fork) const;
    // Makes the dialog of `response` the current one; `current` is kept under its tag and
    // replaced. Null: there are too many.
    [[nodiscard]] EarlyDialog* select(const SipMessage& response, Dialog& current);
    // The same for a request of the callee inside one of them; false: it belongs to none.
    bool select_for_request(const SipMessage& request, Dialog& current);
    [[nodiscard]] bool has(const SipMessage& request) const;
    // The one with that tag, or null.
    [[nodiscard]] EarlyDialog* find(const std::string& tag);
    // The dialog that a request of ours was sent in, or null.
    [[nodiscard]] Dialog* dialog_of(const SipMessage& request);
    // Another dialog than the one with `tag` is still alive.
    [[nodiscard]] bool has_others(const std::string& tag) const;

private:
    // A dialog that is over for the call: its 2xx may come yet, and its BYE counts on from here.
    struct Spent {
        std::string call_id;
        std::string tag;
        std::uint32_t cseq = 0;
    };
    void keep(const Dialog& current);

    Boxed<Dialog> begun_;
    std::list<EarlyDialog> dialogs_;  // pointers into it stay good
    std::vector<Spent> spent_;        // the latest kMaxEarlyDialogs that have had a request
};

}  // namespace weir::signaling
