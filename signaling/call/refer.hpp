// SPDX-License-Identifier: Apache-2.0
// REFER as text: Refer-To and Replaces, the sipfrag of its progress, and the order of the NOTIFYs
// (RFC 3515, 3891, 4488; spec B.6).
//
// Thread: any; pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/base/result.hpp"
#include "signaling/api/message.hpp"

namespace weir::signaling {

// Replaces: one@a.example;to-tag=x;from-tag=y;early-only (RFC 3891 6.1). The tags as the sender of
// the header sees them: to-tag is that of the one who gets it.
struct Replaces {
    std::string call_id;
    std::string to_tag;
    std::string from_tag;
    bool early_only = false;
    [[nodiscard]] static std::optional<Replaces> parse(std::string_view value);
    [[nodiscard]] std::string to_string() const;
    bool operator==(const Replaces&) const = default;
};

// Whom a REFER asks for.
struct ReferTarget {
    std::string uri;  // sip: or tel:, without headers
    std::optional<Replaces> replaces;
};
// Errors: invalid, if there is not exactly one Refer-To with a sip: or tel: URI, or it asks for
// another method than INVITE.
[[nodiscard]] Result<ReferTarget> refer_target(const SipMessage& refer);

// "SIP/2.0 180 Ringing\r\n"
[[nodiscard]] std::string sipfrag(int status);

// Spec B.6 and E.8: how an attempt that ended with this status (0: none came) and cause is told to
// the transferor.
struct TransferFailure {
    int status = 0;  // of the sipfrag
    int cause = 0;   // Q.850, toward the transferor's leg
    bool operator==(const TransferFailure&) const = default;
};
[[nodiscard]] TransferFailure transfer_failure(int status, int cause, bool reason_override);

// The subscription that a REFER makes, seen by the one who notifies. One NOTIFY at a time: over UDP
// two could pass each other, and the later one would be refused as stale.
//
// | state   | report(s)          | answered(yes)          | answered(no) |
// |---------|--------------------|------------------------|--------------|
// | idle    | send s; waiting    | -                      | -            |
// | waiting | keep the latest s  | send what is kept, or idle; done after a final one | done |
// | done    | nothing            | -                      | -            |
class ReferNotifier {
public:
    // `wanted` false: Refer-Sub: false, or nobody is there any more.
    explicit ReferNotifier(bool wanted = false) : done_(!wanted) {}
    // A status of the new call; the one to notify now, if any. Nothing follows a final one.
    [[nodiscard]] std::optional<int> report(int status);
    // The NOTIFY that was on its way has its final response (2xx or not); what to notify next.
    [[nodiscard]] std::optional<int> answered(bool accepted);
    [[nodiscard]] bool is_done() const { return done_; }
    void stop() { done_ = true; }

private:
    bool waiting_ = false;
    bool final_sent_ = false;
    bool done_ = true;
    int kept_ = 0;
    int last_ = 0;
};

}  // namespace weir::signaling
