// SPDX-License-Identifier: Apache-2.0
// PassTable: what goes on, where to, and when an entry is over.
#include "signaling/call/pass_table.hpp"

#include <algorithm>
#include <utility>

#include "config/base/text.hpp"
#include "config/model/resolve.hpp"
#include "signaling/api/party.hpp"
#include "signaling/call/passed_headers.hpp"
#include "signaling/call/transfer_limits.hpp"
#include "signaling/header/pass_headers.hpp"

namespace weir::signaling {
namespace {

using dataplane::other;

constexpr std::size_t kSender = 0;
constexpr std::size_t kFar = 1;

std::size_t index_of(Side side) {
    return static_cast<std::size_t>(side);
}

bool makes_dialog(std::string_view method) {
    return method == "SUBSCRIBE";
}

// sip-ua timers and retry by what the method is called there (spec B.12).
std::string_view words_of(std::string_view method) {
    return method == "MESSAGE" ? "info" : "notify";
}

std::optional<std::chrono::seconds> seconds_in(const std::string* value) {
    if (value == nullptr) return std::nullopt;
    const auto number = text::number(text::trim(*value));
    if (!number) return std::nullopt;
    return std::min(kMaxSubscription, std::chrono::seconds(static_cast<std::int64_t>(
                                          std::min<std::uint64_t>(*number, 1U << 30U))));
}

// Subscription-State: active;expires=600
std::optional<std::chrono::seconds> expires_of_state(const SipMessage& notify) {
    const std::string* state = notify.find("Subscription-State");
    if (state == nullptr) return std::nullopt;
    for (const auto piece : text::split(*state, ';')) {
        const auto trimmed = text::trim(piece);
        if (!text::istarts_with(trimmed, "expires=")) continue;
        const std::string value(trimmed.substr(8));
        return seconds_in(&value);
    }
    return std::nullopt;
}

bool ends_subscription(const SipMessage& notify) {
    const std::string* state = notify.find("Subscription-State");
    return state != nullptr && text::istarts_with(text::trim(*state), "terminated");
}

// One hop less: a loop of two systems ends (RFC 3261 16.6).
void count_hop(const SipMessage& from, SipMessage& to) {
    const std::string* value = from.find("Max-Forwards");
    const auto left = value == nullptr ? std::nullopt : text::number(text::trim(*value));
    if (left && *left > 0 && *left <= 70) to.set("Max-Forwards", std::to_string(*left - 1));
}

}  // namespace

// The dial-peer of that side's messages.
const config::DialPeer& PassTable::peer_of(const Entry& entry, Side side) {
    const auto tag =
        side == Side::a ? entry.start.inbound : entry.start.routes[entry.route].party.dial_peer;
    const config::DialPeer* found = entry.start.config->find_peer(tag);
    return found == nullptr ? config::default_dial_peer() : *found;
}

// Spec B.2: beside the request's own meaning, what `pass-thru headers` of its peer lets pass.
void PassTable::carry(const Entry& entry, Side from, const SipMessage& received, SipMessage& made) {
    if (received.is_request)
        carry_passed(received, made);
    else
        carry_passed_back(received, made);
    pass_headers(received, made, pass_rule(*entry.start.config, peer_of(entry, from)));
}

void PassTable::learn_session(Entry& entry, Side side, const SipMessage& message) {
    if (entry.sessions.learn(index_of(side), message)) return;
    entry.sessions.speak_for(index_of(side), entry.start.session_uuids[index_of(side)]);
}

// A response to the party of that side; the profile is the last step (spec D.3).
void PassTable::respond(Entry& entry, Side side, ServerTxn txn, SipMessage response,
                        PassActions& actions) {
    response.set("Session-ID", entry.sessions.toward(index_of(side)));
    entry.start.headers.leaving(txn, response, peer_of(entry, side), side, false);
    actions.emplace_back(Respond{txn, std::move(response)});
}

bool PassTable::takes(std::string_view method) {
    return method == "MESSAGE" || method == "PUBLISH" || method == "NOTIFY" || makes_dialog(method);
}

bool PassTable::is_full() const {
    return entries_.size() >= kMaxPassed;
}

PassActions PassTable::begin(PassStart start, MonoTime now) {
    const CallId id = start.id;
    Entry& entry = entries_[id];
    entry.start = std::move(start);
    entry.until = now + kPassedGuard;
    const IncomingRequest& request = entry.start.request;
    if (auto dialog = Dialog::from_invite(request, entry.start.local_tag, entry.start.contact))
        entry.legs[kSender] = *std::move(dialog);
    learn_session(entry, Side::a, request.message);
    PassActions actions;
    send_first(entry, actions);
    return actions;
}

void PassTable::send_first(Entry& entry, PassActions& actions) {
    const OutboundRoute& route = entry.start.routes[entry.route];
    const SipMessage& received = entry.start.request.message;
    entry.legs[kFar] = Dialog(route.dialog);
    entry.sessions.forget(kFar);
    SipMessage made = entry.legs[kFar]->request(received.method);
    carry(entry, Side::a, received, made);
    count_hop(received, made);
    for (const Header& header : route.identity)
        made.add(header.name, header.value);
    if (received.find("Contact") != nullptr) made.add("Contact", route.dialog.contact);
    send(entry,
         {Side::a,
          entry.start.request.txn,
          received,
          {std::move(made), route.dialog.path, {}, 0},
          {},
          true},
         actions);
}

void PassTable::send(Entry& entry, Pending pending, PassActions& actions) {
    const config::Config& config = *entry.start.config;
    const Side to = other(pending.from);
    const config::DialPeer& peer = peer_of(entry, to);
    const std::string_view words = words_of(pending.sent.message.method);
    const auto timer = config::resolve_timer(config, peer, words);
    const auto retries = config::resolve_retry(
        config, peer, pending.sent.message.method == "SUBSCRIBE" ? "subscribe" : words);
    pending.sent.t1 = std::chrono::milliseconds(timer ? timer->value : 500);
    pending.sent.retries = static_cast<std::uint8_t>(retries ? retries->value : 10);
    const Token token = ++last_token_;
    tokens_[token] = entry.start.id;
    pending.sent.message.set("Session-ID", entry.sessions.toward(index_of(to)));
    // What is kept for an answer to a challenge is as it was before the profile.
    SendRequest leaving{token, pending.sent};
    entry.start.headers.leaving(leaving.request.message, peer, to, false);
    actions.emplace_back(std::move(leaving));
    entry.pending.emplace(token, std::move(pending));
}

std::optional<Side> PassTable::side_of(const Entry& entry, const SipMessage& request) const {
    for (const Side side : {Side::a, Side::b}) {
        const auto& dialog = entry.legs[index_of(side)];
        if (dialog && dialog->matches(request)) return side;
    }
    // RFC 6665 4.1.2.4: a NOTIFY may come before the 2xx of its SUBSCRIBE, with a tag that is new.
    const auto& far = entry.legs[kFar];
    const std::string* call_id = request.find("Call-ID");
    if (request.method == "NOTIFY" && far && far->remote_tag().empty() && call_id != nullptr &&
        *call_id == far->call_id() && tag_in(request, "To") == far->local_tag())
        return Side::b;
    return std::nullopt;
}

bool PassTable::owns(CallId id, const SipMessage& request) const {
    const auto found = entries_.find(id);
    return found != entries_.end() && side_of(found->second, request).has_value();
}

PassActions PassTable::on_request(CallId id, const IncomingRequest& received, MonoTime now) {
    PassActions actions;
    const auto found = entries_.find(id);
    if (found == entries_.end()) return actions;
    Entry& entry = found->second;
    IncomingRequest request = received;
    const SipMessage& message = request.message;
    const auto side = side_of(entry, message);
    const auto refuse = [&](int status) {
        respond(entry, side.value_or(Side::a), request.txn,
                make_response(message, status, default_phrase(status), ""), actions);
        return actions;
    };
    if (!side) return refuse(481);
    entry.start.headers.arriving(request, peer_of(entry, *side), *side, false);
    learn_session(entry, *side, message);
    Dialog& from = *entry.legs[index_of(*side)];
    if (from.remote_tag().empty()) {
        // What its 2xx would have said, as far as the NOTIFY says it, too.
        SipMessage known;
        known.is_request = false;
        known.status = 180;
        known.add("To", *message.find("From"));
        if (const std::string* contact = message.find("Contact")) known.add("Contact", *contact);
        from.on_response(known);
    }
    if (from.on_request(message) == RequestOrder::stale) return refuse(500);
    const bool passes = message.method == "NOTIFY" || makes_dialog(message.method);
    auto& to = entry.legs[index_of(other(*side))];
    if (!passes) return refuse(405);
    if (!to || to->remote_tag().empty()) return refuse(481);
    if (entry.pending.size() >= kMaxPassedPending) return refuse(500);
    if (message.method == "NOTIFY") {
        entry.over = entry.over || ends_subscription(message);
        entry.lasting = entry.lasting || !ends_subscription(message);
        if (const auto lives = expires_of_state(message)) entry.until = now + *lives + kPassedGuard;
    }
    SipMessage made = to->request(message.method);
    carry(entry, *side, message, made);
    made.add("Contact", to->contact());
    send(entry, {*side, request.txn, message, {std::move(made), to->path(), {}, 0}, {}, false},
         actions);
    return actions;
}

PassTable::Entry* PassTable::entry_of(Token token) {
    const auto owner = tokens_.find(token);
    const auto found = owner == tokens_.end() ? entries_.end() : entries_.find(owner->second);
    return found == entries_.end() ? nullptr : &found->second;
}

PassActions PassTable::on_response(Token token, const SipMessage& received, MonoTime now) {
    PassActions actions;
    Entry* entry = entry_of(token);
    if (entry == nullptr || received.status < 200) return actions;
    const auto found = entry->pending.find(token);
    if (found == entry->pending.end()) return actions;
    Pending pending = std::move(found->second);
    entry->pending.erase(found);
    tokens_.erase(token);
    const Side far = other(pending.from);
    SipMessage response = received;
    entry->start.headers.arriving(response, peer_of(*entry, far), far, false);
    learn_session(*entry, far, response);
    if (repeat(*entry, pending, response, actions)) return actions;
    const bool goes_on = response.status == 408 || response.status == 503;
    if (pending.first && goes_on && try_next(*entry, actions)) return actions;
    learn(*entry, pending, response, now);
    answer(*entry, pending, &response, actions);
    forget_if_done(entry->start.id);
    return actions;
}

PassActions PassTable::on_failure(Token token, MonoTime) {
    PassActions actions;
    Entry* entry = entry_of(token);
    if (entry == nullptr) return actions;
    const auto found = entry->pending.find(token);
    if (found == entry->pending.end()) return actions;
    const Pending pending = std::move(found->second);
    entry->pending.erase(found);
    tokens_.erase(token);
    if (pending.first && try_next(*entry, actions)) return actions;
    entry->over = true;
    answer(*entry, pending, nullptr, actions);
    forget_if_done(entry->start.id);
    return actions;
}

bool PassTable::try_next(Entry& entry, PassActions& actions) {
    if (entry.route + 1 >= entry.start.routes.size()) return false;
    ++entry.route;
    send_first(entry, actions);
    return true;
}

// RFC 3261 22.2: the same request with an answer to the challenge, and the next CSeq.
bool PassTable::repeat(Entry& entry, Pending& pending, const SipMessage& response,
                       PassActions& actions) {
    if (response.status != 401 && response.status != 407) return false;
    if (!pending.attempt.may_repeat(response)) return false;
    auto again = with_digest_answers(pending.sent.message, response, entry.start.cnonce,
                                     *entry.start.config, peer_of(entry, other(pending.from)));
    auto& dialog = entry.legs[index_of(other(pending.from))];
    if (!again || !dialog) return false;
    again->set("CSeq", std::to_string(dialog->take_cseq()) + " " + again->method);
    pending.sent.message = *std::move(again);
    pending.attempt.note_repeat();
    send(entry, std::move(pending), actions);
    return true;
}

// What the response makes of the entry.
void PassTable::learn(Entry& entry, const Pending& pending, const SipMessage& response,
                      MonoTime now) {
    const bool good = response.status < 300;
    if (pending.from == Side::a && good && entry.legs[kFar])
        entry.legs[kFar]->on_response(response);
    if (makes_dialog(pending.request.method) && good) {
        const auto asked = seconds_in(pending.request.find("Expires"));
        const auto granted = seconds_in(response.find("Expires"));
        const auto lives = granted ? *granted : asked.value_or(kMaxSubscription);
        entry.lasting = entry.lasting || !entry.over;
        entry.until = std::max(entry.until, now + lives + kPassedGuard);
        // Expires: 0 fetches or ends: one NOTIFY follows, then nothing.
        if (lives.count() == 0) entry.until = now + kPassedGuard;
        if (entry.start.request.message.find("Contact") == nullptr) entry.over = true;
    }
    if (!good && pending.first) entry.over = true;
    if (response.status == 481 || response.status == 408) entry.over = true;
}

void PassTable::answer(Entry& entry, const Pending& pending, const SipMessage* response,
                       PassActions& actions) {
    int status = response == nullptr ? 408 : response->status;
    // A challenge that we cannot answer is not the sender's to answer, either.
    if (status == 401 || status == 407) status = 403;
    const auto& dialog = entry.legs[index_of(pending.from)];
    SipMessage made = make_response(pending.request, status, default_phrase(status),
                                    pending.first ? entry.start.local_tag : std::string());
    made.add("Server", product_token());
    if (makes_dialog(pending.request.method) && status < 300 && dialog) {
        for (const auto route : pending.request.all("Record-Route"))
            made.add("Record-Route", std::string(route));
        made.add("Contact", dialog->contact());
    }
    if (response != nullptr) carry(entry, other(pending.from), *response, made);
    if (status == 302 || status == 301 || status == 300)
        for (const auto contact : response->all("Contact"))
            made.add("Contact", std::string(contact));
    respond(entry, pending.from, pending.txn, std::move(made), actions);
}

void PassTable::forget_if_done(CallId id) {
    const auto found = entries_.find(id);
    if (found == entries_.end() || !found->second.pending.empty()) return;
    if (!found->second.lasting || found->second.over) entries_.erase(found);
}

PassActions PassTable::expire(MonoTime now) {
    PassActions actions;
    for (auto it = entries_.begin(); it != entries_.end();) {
        if (it->second.until > now) {
            ++it;
            continue;
        }
        for (const auto& [token, pending] : it->second.pending) {
            answer(it->second, pending, nullptr, actions);
            tokens_.erase(token);
        }
        it = entries_.erase(it);
    }
    return actions;
}

}  // namespace weir::signaling
