// SPDX-License-Identifier: Apache-2.0
// Intake: what each message has to pass before the stack sees it: guard, admission, refusal.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "config/base/clock.hpp"
#include "signaling/api/sip_stack.hpp"
#include "signaling/sip/guard.hpp"
#include "signaling/sip/sip_stats.hpp"
#include "signaling/sip/source_limits.hpp"

namespace weir::signaling {

struct ReceivedMessage {
    SipMessage message;
    SipPath path;
    MonoTime received_at;
    TopVia top{};
};

// Thread: sip. What is stopped here is counted by its reason.
class Intake {
public:
    explicit Intake(SipStats& stats) : stats_(stats) {}

    // SipEvents::admits: which requests go further; the others are dropped in silence.
    using Admission = std::function<bool(const SipMessage* request, const SipPath& path)>;
    void set_admission(Admission admits) { admits_ = std::move(admits); }
    // SipEvents::refuses: a final response without a transaction.
    using Refusal =
        std::function<std::optional<SipMessage>(const SipMessage& request, const SipPath& path)>;
    void set_refusal(Refusal refuses) { refuses_ = std::move(refuses); }

    // Before a message is read: whether its source has spent what strangers may cost.
    [[nodiscard]] bool is_muted(std::string_view bytes, const SipPath& path, MonoTime at);
    // Whether nobody at that address is trusted.
    [[nodiscard]] bool is_stranger(const SipPath& path) const {
        return admits_ && !admits_(nullptr, path);
    }
    // One whole message. Nothing: it ended here; `answer` has been told what the peer hears, if it
    // hears anything. A request that passes has its source in its topmost Via.
    using Answer = std::function<void(const SipMessage& response)>;
    [[nodiscard]] std::optional<ReceivedMessage> take(std::string_view bytes, const SipPath& path,
                                                      MonoTime at, const Answer& answer);
    void sweep(MonoTime now) { sources_.sweep(now); }  // once a second

private:
    void refuse(SipMessage response, const SipPath& path, const Answer& answer);

    SipStats& stats_;
    Admission admits_;
    Refusal refuses_;
    SourceLimits sources_;
};

}  // namespace weir::signaling
