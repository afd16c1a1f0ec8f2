// SPDX-License-Identifier: Apache-2.0
// Ways of messages: learned from those that say it, and from what the stack made of them.
#include "signaling/trace/ways.hpp"

#include <fmt/format.h>

#include "signaling/trace/trace_reader.hpp"

namespace weir::signaling {

std::optional<SentWay> sent_way(const SipMessage& request, const SipPath& path) {
    const std::string* call_id = request.find("Call-ID");
    const auto cseq = request.cseq();
    if (call_id == nullptr || !cseq) return std::nullopt;
    return SentWay{*call_id, request.method, cseq->number, path};
}

std::string describe(const SentWay& way) {
    const std::string to = way.path.remote.to_string();
    if (way.path.transport == SipTransport::udp)
        return fmt::format("{} {} by UDP after all: nobody took TCP at {}", way.method, way.cseq,
                           to);
    return fmt::format("{} {} by TCP to {}: too large for UDP (RFC 3261 18.1.1)", way.method,
                       way.cseq, to);
}

Ways::Ways(const RecordedCall& call) {
    legs_[0] = call.setup.invite.path;
    if (!call.setup.routes.empty()) legs_[1] = call.setup.routes.front().dialog.path;
    for (const RecordedStep& step : call.steps)
        for (const auto& [now, way] : step.ways)
            if (way.path.transport != SipTransport::udp) note(way);
}

std::optional<Ways::Key> Ways::key_of(const SipMessage& message) {
    const std::string* call_id = message.find("Call-ID");
    const auto cseq = message.cseq();
    if (call_id == nullptr || !cseq) return std::nullopt;
    return Key{*call_id, cseq->method, cseq->number};
}

void Ways::note(const SentWay& way) {
    others_.insert_or_assign(Key{way.sip_call_id, way.method, way.cseq}, way.path);
}

SipPath Ways::of(const TracedMessage& traced) {
    SipPath& leg = legs_[static_cast<std::size_t>(traced.side)];
    if (traced.path.remote.is_set()) leg = traced.path;
    // Only what answers our own request, or is that: numbers of the peer's requests are its own.
    if (traced.is_ours == traced.message->is_request)
        if (const auto key = key_of(*traced.message))
            if (const auto found = others_.find(*key); found != others_.end()) return found->second;
    return leg;
}

}  // namespace weir::signaling
