// SPDX-License-Identifier: Apache-2.0
// Messages and events to the sessions that watch, by call.
#include "signaling/debug/debug_board.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "signaling/call/ids.hpp"
#include "signaling/call/request_keys.hpp"
#include "signaling/show/call_leg.hpp"
#include "signaling/trace/describe.hpp"

namespace weir::signaling {
namespace {

constexpr const char* kNoCall = "//-1/xxxxxxxxxxxx/";
constexpr std::size_t kGuidDigits = 12;  // of the Cisco-Guid between the slashes (spec H.11)

std::string guid_start(const Guid& guid) {
    return fmt::format("{:08X}{:08X}", guid.words[0], guid.words[1]).substr(0, kGuidDigits);
}

std::string head_of(std::uint64_t leg, const Guid& guid) {
    return fmt::format("//{}/{}/", leg, guid_start(guid));
}

// Of a message that belongs to no call of ours: what a recorder gets has the guid of its call.
std::string stranger_head(const SipMessage& message) {
    const std::string* value = message.find("Cisco-Guid");
    const auto guid = value == nullptr ? Result<Guid>() : Guid::parse(*value);
    return value != nullptr && guid ? "//-1/" + guid_start(*guid) + "/" : kNoCall;
}

}  // namespace

DebugBoard::DebugBoard(EventLoop& loop, CallTable& calls, SipStats& stats, std::uint64_t salt)
    : loop_(loop), calls_(calls), stats_(stats), redactor_(salt) {}

DebugBoard::~DebugBoard() {
    watchers_.clear();
    arm();
}

void DebugBoard::watch(std::uint64_t session, const DebugWish& wish, Emit emit) {
    Watcher& watcher = watchers_[session];
    if (wish.messages) watcher.messages = wish.filter;
    if (wish.events) watcher.events = wish.filter;
    if (wish.states) watcher.states = wish.filter;
    watcher.emit = std::move(emit);
    known_.clear();
    order_.clear();
    arm();
}

void DebugBoard::ignore(std::uint64_t session, const DebugWish& wish) {
    const auto found = watchers_.find(session);
    if (found == watchers_.end()) return;
    Watcher& watcher = found->second;
    if (wish.messages) watcher.messages.reset();
    if (wish.events) watcher.events.reset();
    if (wish.states) watcher.states.reset();
    if (!watcher.messages && !watcher.events && !watcher.states) watchers_.erase(found);
    arm();
}

void DebugBoard::leave(std::uint64_t session) {
    if (watchers_.erase(session) != 0) arm();
}

// Listens to no more than somebody wants to hear.
void DebugBoard::arm() {
    const bool messages = std::any_of(watchers_.begin(), watchers_.end(), [](const auto& each) {
        return each.second.messages.has_value();
    });
    const bool calls = std::any_of(watchers_.begin(), watchers_.end(), [](const auto& each) {
        return each.second.events || each.second.states;
    });
    stats_.received.watcher = messages ? &in_ : nullptr;
    stats_.sent.watcher = messages ? &out_ : nullptr;
    if (calls && !taping_) {
        next_ = calls_.tape();
        calls_.set_tape(this);
    } else if (!calls && taping_) {
        calls_.set_tape(std::exchange(next_, nullptr));
        states_.clear();
    }
    taping_ = calls;
    if (messages) return;
    known_.clear();
    order_.clear();
    held_.clear();
}

// Our tag names the call (ids.hpp); a first request, its CANCEL and its ACK have none of ours and
// are found by their Call-ID, once a message with our tag has shown it.
DebugBoard::Known* DebugBoard::known_of(const SipMessage& message, bool sent) {
    const std::string* sip_call_id = message.find("Call-ID");
    if (sip_call_id == nullptr) return nullptr;
    const bool ours_is_from = message.is_request == sent;
    const auto owner = owner_of_tag(tag_in(message, ours_is_from ? "From" : "To"));
    const auto found = known_.find(*sip_call_id);
    const Call* call = nullptr;
    if (owner)
        call = calls_.find_call(owner->call);
    else if (found != known_.end())
        call = calls_.find_call(found->second.call);
    if (call == nullptr) return found == known_.end() ? nullptr : &found->second;
    Known& known = found != known_.end()
                       ? found->second
                       : learn(*sip_call_id, *call, call->side_of_message(message));
    known.wanted.clear();
    for (const auto& [session, watcher] : watchers_)
        if (watcher.messages && watcher.messages->wants(*call)) known.wanted.insert(session);
    return &known;
}

DebugBoard::Known& DebugBoard::learn(const std::string& sip_call_id, const Call& call, Side side) {
    while (known_.size() >= kDebugDialogs) {
        known_.erase(order_.front());
        order_.pop_front();
    }
    order_.push_back(sip_call_id);
    const CallSetup& setup = call.setup();
    const auto leg = leg_id(setup.id, static_cast<unsigned>(side) + 1);
    return known_[sip_call_id] = Known{setup.id, head_of(leg, setup.guid), {}, true};
}

void DebugBoard::on_message(const SipMessage& message, bool sent) {
    Known* known = known_of(message, sent);
    if (known == nullptr)
        hold(message, sent);
    else if (std::exchange(known->fresh, false))
        tell_held(*known);
    std::string text;  // made when the first one wants it
    for (auto& [session, watcher] : watchers_) {
        if (!watcher.messages) continue;
        const bool wanted =
            known != nullptr ? known->wanted.contains(session) : watcher.messages->wants(message);
        if (!wanted || !budget_.take(loop_.clock().now())) continue;
        if (text.empty())
            text = text_of(message, sent, known != nullptr ? known->head : stranger_head(message),
                           loop_.clock().wall());
        tell(watcher, text);
    }
}

// A first INVITE, and the 100 to it, wait for those whose filter needs to know the call.
void DebugBoard::hold(const SipMessage& message, bool sent) {
    const bool waits = std::any_of(watchers_.begin(), watchers_.end(), [](const auto& each) {
        return each.second.messages && each.second.messages->waits_for_call();
    });
    const std::string* sip_call_id = message.find("Call-ID");
    if (!waits || sip_call_id == nullptr) return;
    const bool first = !sent && message.is_request && message.method == "INVITE";
    const bool goes_on = std::any_of(held_.begin(), held_.end(), [&](const Held& held) {
        return held.sip_call_id == *sip_call_id;
    });
    if (!first && !goes_on) return;
    held_.push_back({*sip_call_id, message, sent, loop_.clock().wall()});
    if (held_.size() > kDebugHeld) held_.pop_front();
}

// What came before the call was known, to those who could not tell whether they want it.
void DebugBoard::tell_held(const Known& known) {
    const Call* call = calls_.find_call(known.call);
    if (call == nullptr || held_.empty()) return;
    const std::string& sip_call_id = call->setup().caller.sip_call_id;
    for (const Held& held : held_) {
        if (held.sip_call_id != sip_call_id) continue;
        for (auto& [session, watcher] : watchers_)
            if (watcher.messages && watcher.messages->waits_for_call() &&
                known.wanted.contains(session) && budget_.take(loop_.clock().now()))
                tell(watcher, text_of(held.message, held.sent, kNoCall, held.at));
    }
    std::erase_if(held_, [&](const Held& held) { return held.sip_call_id == sip_call_id; });
}

void DebugBoard::tell(Watcher& watcher, const std::string& text) {
    if (!watcher.budget.take(loop_.clock().now())) return;
    const auto dropped = watcher.budget.take_dropped() + budget_.take_dropped();
    if (dropped == 0) return watcher.emit(text);
    watcher.emit(fmt::format("% {} texts of debug output were dropped: there are more than {} a "
                             "second; name a number, a peer or a call\n",
                             dropped, kDebugTexts) +
                 text);
}

std::string DebugBoard::text_of(const SipMessage& message, bool sent, const std::string& head,
                                WallTime at) const {
    SipMessage clean = message;
    for (Header& header : clean.headers)
        header.value = redactor_.header(header);
    clean.body = redactor_.body(message.body);
    std::string wire = to_wire(clean);
    std::erase(wire, '\r');
    return fmt::format("{}: {}SIP/Msg/ccsipDisplayMsg:\n{}:\n{}\n", iso8601(at), head,
                       sent ? "Sent" : "Received", wire);
}

void DebugBoard::tell_of_call(CallId id, bool as_state, const std::function<std::string()>& words) {
    const Call* call = calls_.find_call(id);
    if (call == nullptr) return;
    std::string text;
    for (auto& [session, watcher] : watchers_) {
        const auto& filter = as_state ? watcher.states : watcher.events;
        if (!filter || !filter->wants(*call) || !budget_.take(loop_.clock().now())) continue;
        if (text.empty())
            text = fmt::format("{}: {}SIP/{}\n", iso8601(loop_.clock().wall()),
                               head_of(leg_id(id, 1), call->setup().guid), words());
        tell(watcher, text);
    }
}

void DebugBoard::on_begin(const CallSetup& setup, Moment now) {
    if (next_ != nullptr) next_->on_begin(setup, now);
    tell_of_call(setup.id, false, [&] {
        return fmt::format("Event/begin: {} -> {}, dial-peer {}", setup.calling, setup.called,
                           setup.caller.dial_peer.value());
    });
}

void DebugBoard::on_input(CallId call, const CallInput& input, Moment now) {
    if (next_ != nullptr) next_->on_input(call, input, now);
    tell_of_call(call, false, [&] { return "Event/input: " + describe(input); });
}

void DebugBoard::on_actions(CallId call, CallState state, const std::vector<CallAction>& actions,
                            Moment now) {
    if (next_ != nullptr) next_->on_actions(call, state, actions, now);
    for (const CallAction& action : actions)
        tell_of_call(call, false, [&] { return "Event/action: " + describe(action); });
    const auto before = states_.find(call);
    if (before != states_.end() && before->second == state) return;
    const std::string from = before == states_.end() ? "" : to_string(before->second);
    states_[call] = state;
    tell_of_call(call, true, [&] {
        return fmt::format("State/call: {}{}{}", from, from.empty() ? "" : " -> ",
                           to_string(state));
    });
}

void DebugBoard::on_finish(CallId call, Moment now) {
    if (next_ != nullptr) next_->on_finish(call, now);
    tell_of_call(call, false, [] { return std::string("Event/finish"); });
    states_.erase(call);
}

}  // namespace weir::signaling
