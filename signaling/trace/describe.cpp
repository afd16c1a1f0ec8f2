// SPDX-License-Identifier: Apache-2.0
// Words for inputs, actions and messages.
#include "signaling/trace/describe.hpp"

#include <fmt/format.h>

namespace weir::signaling {
namespace {

// SDP, the line of a sipfrag (how a transfer goes), or that there is something.
std::string body_words(const SipMessage& message) {
    const std::string* type = message.find("Content-Type");
    const auto is = [&](const char* kind) {
        return type != nullptr && type->find(kind) != std::string::npos;
    };
    if (is("sdp")) return " (SDP)";
    if (is("sipfrag")) return " (" + message.body.substr(0, message.body.find('\r')) + ")";
    return " (body)";
}

std::string with_details(std::string words, const SipMessage& message) {
    if (!message.body.empty()) words += body_words(message);
    for (const char* name : {"Require", "RSeq", "RAck", "Refer-To", "Replaces", "Reason"})
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
        case CallTimer::refresh_a:
            return "refresh (of the caller's session)";
        case CallTimer::refresh_b:
            return "refresh (of the callee's session)";
        case CallTimer::session_a:
            return "session-expires (nobody refreshes the caller's session)";
        case CallTimer::session_b:
            return "session-expires (nobody refreshes the callee's session)";
        case CallTimer::hold:
            return "hold";
        case CallTimer::renegotiate:
            return "renegotiate (the next try after a 491)";
        case CallTimer::release:
            return "release";
        case CallTimer::rel1xx:
            return "rel1xx (the caller owes a PRACK)";
        case CallTimer::transfer:
            return "transfer (a party has to answer or to be told again)";
        case CallTimer::ping_a:
            return "options-ping (of the caller)";
        case CallTimer::ping_b:
            return "options-ping (of the callee)";
        case CallTimer::count_:
            break;
    }
    return "unknown";
}

const char* party_name(Side side) {
    return side == Side::a ? "the caller" : "the callee";
}

const char* reliable_words(Reliable1xxEvent event) {
    switch (event) {
        case Reliable1xxEvent::sent:
            return "a reliable response goes out";
        case Reliable1xxEvent::repeated:
            return "no PRACK yet, the response is sent again";
        case Reliable1xxEvent::silent:
            return "the peer seems to send no PRACK at all";
        case Reliable1xxEvent::acknowledged:
            return "its PRACK has come";
        case Reliable1xxEvent::refused:
            return "a PRACK is refused";
        case Reliable1xxEvent::given_up:
            return "no PRACK came in time";
        case Reliable1xxEvent::received:
            return "a reliable response has come";
        case Reliable1xxEvent::prack_sent:
            return "a PRACK goes out";
        case Reliable1xxEvent::prack_failed:
            return "the PRACK has failed";
        case Reliable1xxEvent::out_of_order:
            return "a reliable response is passed over: not the next one";
    }
    return "unknown";
}

// Whose media the session of a loop is to take for now.
std::string heard_at(const std::vector<dataplane::Remote>& lines) {
    const bool speaks = !lines.empty() && lines.front().rtp.is_set();
    return "media from " + (speaks ? lines.front().rtp.to_string() : std::string("nobody"));
}

struct InputWords {
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
    std::string operator()(const RoutesFound& event) const {
        if (event.routes.empty())
            return event.refusal ? fmt::format("no route: {}, cause {}", event.refusal->status,
                                               event.refusal->q850_cause)
                                 : "no route";
        return fmt::format("{} route{} found, the first by dial-peer {}", event.routes.size(),
                           event.routes.size() == 1 ? "" : "s",
                           event.routes.front().party.dial_peer.value());
    }
    std::string operator()(const ReplacementReceived& event) const {
        return fmt::format("{}: {} takes the place of {}{}", describe(event.setup.invite.message),
                           event.setup.caller.number, party_name(event.side),
                           event.early_only ? ", early dialogs only" : "");
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
    std::string operator()(const LoopTold& event) const {
        return "the other pass: " + heard_at(event.lines);
    }
};

struct ActionWords {
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
    std::string operator()(const FindRoutes& action) const {
        return fmt::format("looks for routes to {} in the name of {}", action.uri,
                           party_name(action.from));
    }
    std::string operator()(const ReleasePeer& action) const {
        return fmt::format("gives back dial-peer {}", action.peer.value());
    }
    std::string operator()(const OpenMedia& action) const {
        const Endpoint& caller = action.session.remotes.front().rtp;
        return fmt::format("opens media: {} streams, of the caller: {}",
                           action.session.stream_count,
                           caller.is_set() ? caller.to_string() : "none");
    }
    std::string operator()(const AddMedia&) const { return "adds a stream"; }
    std::string operator()(const PointMedia& action) const {
        return fmt::format("media of {}: {}", party_name(action.remote.side),
                           action.remote.rtp.is_set() ? action.remote.rtp.to_string() : "none");
    }
    std::string operator()(const NumberPayloads& action) const {
        std::string words = fmt::format(
            "payload types of {}:", action.numbers.side == Side::a ? "the caller" : "the callee");
        for (std::size_t i = 0; i < action.numbers.count; ++i)
            words += fmt::format(" {} to {}", action.numbers.pairs.at(i).from,
                                 action.numbers.pairs.at(i).to);
        return action.numbers.count == 0 ? words + " unchanged" : words;
    }
    std::string operator()(const TellLoop& action) const {
        return "tells the other pass: " + heard_at(action.lines);
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
    std::string operator()(const CountReliable& action) const {
        return fmt::format("100rel of dial-peer {}: {}", action.peer.value(),
                           reliable_words(action.event));
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
    if (const auto* event = std::get_if<ReplacementReceived>(&input))
        return TracedMessage{&event->setup.invite.message, event->side, false,
                             event->setup.invite.path};
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

}  // namespace weir::signaling
