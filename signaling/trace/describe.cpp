// SPDX-License-Identifier: Apache-2.0
// Words for inputs, actions and messages.
#include "signaling/trace/describe.hpp"

#include <fmt/format.h>

namespace weir::signaling {
namespace {

std::string with_details(std::string words, const SipMessage& message) {
    if (!message.body.empty())
        words += message.find("Content-Type") != nullptr &&
                         message.find("Content-Type")->find("sdp") != std::string::npos
                     ? " (SDP)"
                     : " (body)";
    for (const char* name : {"Require", "RSeq", "RAck", "Reason"})
        if (const std::string* value = message.find(name))
            words += fmt::format(" {}: {}", name, *value);
    return words;
}

const char* timer_name(CallTimer timer) {
    switch (timer) {
        case CallTimer::expires:
            return "expires";
        case CallTimer::exchange:
            return "exchange";
        case CallTimer::media:
            return "media";
        case CallTimer::release:
            return "release";
        default:
            return "of the leg";
    }
}

struct InputWords {
    // An input that needs no more words.
    template <typename Input>
    std::string operator()(const Input&) const {
        return "input";
    }
    std::string operator()(const PeerTaken&) const { return "dial-peer has room"; }
    std::string operator()(const PeerFull&) const { return "dial-peer is full (max-conn)"; }
    std::string operator()(const MediaLeased& event) const {
        return fmt::format(
            "media leased: {} streams, {} and {}", event.leased.stream_count,
            event.leased.streams[event.leased.first_stream % kMaxStreams].local_rtp[0].to_string(),
            event.leased.streams[event.leased.first_stream % kMaxStreams].local_rtp[1].to_string());
    }
    std::string operator()(const MediaRefused&) const { return "media refused"; }
    std::string operator()(const MediaOpened&) const { return "media open"; }
    std::string operator()(const MediaClosed&) const { return "media closed"; }
    std::string operator()(const MediaLost&) const { return "media lost"; }
    std::string operator()(const MediaKept&) const { return "media kept over a restart"; }
    std::string operator()(const RequestReceived& event) const {
        return describe(event.request.message);
    }
    std::string operator()(const CancelReceived&) const { return "CANCEL"; }
    std::string operator()(const AckReceived& event) const { return describe(event.ack.message); }
    std::string operator()(const AckMissing&) const { return "no ACK came"; }
    std::string operator()(const ResponseReceived& event) const {
        return describe(event.response.message);
    }
    std::string operator()(const RequestFailed& event) const {
        return event.failure == TxnFailure::timeout ? "request timed out"
                                                    : "request could not be sent";
    }
    std::string operator()(const TimerFired& event) const {
        return fmt::format("timer {} ran out", timer_name(event.timer));
    }
    std::string operator()(const ReleaseOrdered& event) const {
        return fmt::format("release ordered, cause {}", event.q850_cause);
    }
};

struct ActionWords {
    template <typename Action>
    std::string operator()(const Action&) const {
        return "action";
    }
    std::string operator()(const Respond& action) const { return describe(action.response); }
    std::string operator()(const SendRequest& action) const {
        return describe(action.request.message);
    }
    std::string operator()(const SendAck& action) const { return describe(action.ack.message); }
    std::string operator()(const CancelInvite& action) const {
        return "CANCEL Reason: " + action.reason;
    }
    std::string operator()(const TakePeer& action) const {
        return fmt::format("takes dial-peer {}", action.peer.value());
    }
    std::string operator()(const ReleasePeer& action) const {
        return fmt::format("gives back dial-peer {}", action.peer.value());
    }
    std::string operator()(const OpenMedia& action) const {
        return fmt::format("opens media: {} streams", action.session.stream_count);
    }
    std::string operator()(const AddMedia&) const { return "adds a stream"; }
    std::string operator()(const PointMedia& action) const {
        return fmt::format("media of {}: {}",
                           action.remote.side == Side::a ? "the caller" : "the callee",
                           action.remote.rtp.is_set() ? action.remote.rtp.to_string() : "none");
    }
    std::string operator()(const CloseMedia&) const { return "closes media"; }
    std::string operator()(const StartTimer& action) const {
        return fmt::format(
            "timer {} {} ms", timer_name(action.timer),
            std::chrono::duration_cast<std::chrono::milliseconds>(action.delay).count());
    }
    std::string operator()(const StopTimer& action) const {
        return fmt::format("timer {} off", timer_name(action.timer));
    }
    std::string operator()(const TellConnected&) const { return "connected"; }
    std::string operator()(const TellMediaChanged&) const { return "media changed"; }
    std::string operator()(const TellReleasing& action) const {
        return fmt::format("releasing, cause {}", action.end.q850_cause);
    }
    std::string operator()(const TellEnded& action) const {
        return fmt::format("ended, cause {}", action.end.q850_cause);
    }
    std::string operator()(const Finish&) const { return "forgotten"; }
};

// The leg of a message, by its Call-ID.
Side side_of(const SipMessage& message, const std::string& caller_call_id) {
    const std::string* id = message.find("Call-ID");
    return id != nullptr && *id == caller_call_id ? Side::a : Side::b;
}

}  // namespace

std::string describe(const SipMessage& message) {
    return with_details(message.is_request ? message.method + " " + message.request_uri
                                           : fmt::format("{} {}", message.status, message.phrase),
                        message);
}

std::string describe(const CallInput& input) {
    return std::visit(InputWords{}, input);
}

std::string describe(const CallAction& action) {
    return std::visit(ActionWords{}, action);
}

std::optional<TracedMessage> message_of(const CallInput& input, const std::string& caller_call_id) {
    if (const auto* event = std::get_if<RequestReceived>(&input))
        return TracedMessage{&event->request.message, event->side, false, event->request.path};
    if (const auto* event = std::get_if<AckReceived>(&input))
        return TracedMessage{&event->ack.message, side_of(event->ack.message, caller_call_id),
                             false, event->ack.path};
    if (const auto* event = std::get_if<ResponseReceived>(&input))
        return TracedMessage{
            &event->response.message, side_of(event->response.message, caller_call_id), false, {}};
    return std::nullopt;
}

std::optional<TracedMessage> message_of(const CallAction& action,
                                        const std::string& caller_call_id) {
    if (const auto* sent = std::get_if<Respond>(&action))
        return TracedMessage{&sent->response, side_of(sent->response, caller_call_id), true, {}};
    if (const auto* sent = std::get_if<SendRequest>(&action))
        return TracedMessage{&sent->request.message, side_of(sent->request.message, caller_call_id),
                             true, sent->request.path};
    if (const auto* sent = std::get_if<SendAck>(&action))
        return TracedMessage{&sent->ack.message, side_of(sent->ack.message, caller_call_id), true,
                             sent->ack.path};
    return std::nullopt;
}
    std::string operator()(const NumberPayloads& action) const {
        std::string words = fmt::format(
            "payload types of {}:", action.numbers.side == Side::a ? "the caller" : "the callee");
        for (std::size_t i = 0; i < action.numbers.count; ++i)
            words += fmt::format(" {} to {}", action.numbers.pairs.at(i).from,
                                 action.numbers.pairs.at(i).to);
        return action.numbers.count == 0 ? words + " unchanged" : words;
    }

}  // namespace weir::signaling
