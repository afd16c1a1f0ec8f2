// SPDX-License-Identifier: Apache-2.0
// FuzzMessages: what parties say, drawn: mostly what the RFCs ask for, sometimes not.
#pragma once

#include <string>

#include "config/base/random.hpp"
#include "signaling/api/message.hpp"

namespace weir::signaling {

class FuzzMessages {
public:
    explicit FuzzMessages(Random& dice) : dice_(dice) {}

    // A request of the caller; the dialog's headers are the sender's matter.
    [[nodiscard]] static SipMessage request(const std::string& method, const std::string& uri);
    // The INVITE that begins a call.
    [[nodiscard]] SipMessage invite(const std::string& call_id, const std::string& replaces);
    // Something inside a dialog (or out of one); `rseq` = RSeq that a PRACK would be for.
    [[nodiscard]] std::string method();
    void fill(SipMessage& request, const std::string& rseq);
    // A response to `request`, with the headers that its status asks for.
    [[nodiscard]] int status_for(const SipMessage& request);
    [[nodiscard]] SipMessage response(const SipMessage& request, int status,
                                      std::uint64_t next_rseq);
    [[nodiscard]] std::string sdp();

private:
    bool chance(unsigned one_in) { return dice_.below(one_in) == 0; }
    void add_wishes(SipMessage& message);
    void add_referral(SipMessage& message);
    void add_notify(SipMessage& message);
    void add_digits(SipMessage& message);
    void add_refusal(SipMessage& response);

    Random& dice_;
};

}  // namespace weir::signaling
