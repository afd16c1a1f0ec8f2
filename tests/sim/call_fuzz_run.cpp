// SPDX-License-Identifier: Apache-2.0
// FuzzRun: the events of a sequence.
#include "tests/sim/call_fuzz_run.hpp"

#include <utility>

#include "config/base/limits.hpp"
#include "tests/support/party_messages.hpp"

namespace weir::signaling {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kCallsOfASequence = 3;
constexpr unsigned kFewestSteps = 8;
constexpr unsigned kMoreSteps = 40;
constexpr seconds kCancelledInvite(30);  // 64*T1, less what a step may have taken

bool has_tag(const std::string* to) {
    return to != nullptr && to->find("tag=") != std::string::npos;
}

std::string tag_in(const SipMessage& message, const char* name) {
    const std::string* value = message.find(name);
    const auto address = value == nullptr ? Result<NameAddr>() : NameAddr::parse(*value);
    return value == nullptr || !address ? "" : address->tag();
}

}  // namespace

FuzzRun::FuzzRun(Random& dice, const FuzzSettings& settings, bool is_recorded)
    : dice_(dice),
      bench_{
          settings.draw(dice_), dice_.next(),
          one_of<FuzzListener::Wants>(
              dice_, {FuzzListener::Wants::none, FuzzListener::Wants::all, FuzzListener::Wants::all,
                      FuzzListener::Wants::first_pass, FuzzListener::Wants::second_pass}),
          chance(4)} {
    link_fails_ = chance(4);
    if (is_recorded) bench_.table.set_tape(&tape_);
}

FuzzRun::~FuzzRun() {
    bench_.table.set_tape(nullptr);
}

void FuzzRun::play() {
    new_call();
    bench_.media.deliver();
    const std::uint64_t steps = kFewestSteps + dice_.below(kMoreSteps);
    for (std::uint64_t i = 0; i < steps; ++i) {
        const MonoTime before = bench_.now();
        step();
        note_cancels(before);
        if (!chance(6)) bench_.media.deliver();
        if (!chance(4)) loopback_.carry();
    }
    be_silent();
}

void FuzzRun::step() {
    if (!late_.empty() && chance(4)) {
        const auto which = static_cast<std::ptrdiff_t>(dice_.below(late_.size()));
        const auto message = std::move(late_[static_cast<std::size_t>(which)]);
        late_.erase(late_.begin() + which);
        return message();
    }
    if (rare_event()) return;
    switch (dice_.below(20)) {
        case 0:
            return new_call();
        case 1:
        case 2:
        case 3:
            return caller_request(messages_.method());
        case 4:
        case 5:
        case 6:
            return callee_request(messages_.method());
        case 7: {  // glare
            caller_request(chance(2) ? "INVITE" : "UPDATE");
            return callee_request(chance(2) ? "INVITE" : "UPDATE");
        }
        case 8:
        case 9:
        case 10:
        case 11:
            return touch_invite();
        default:
            return respond_to_ours();
    }
}

// What is on the way to ourselves arrives long before anybody's timer.
void FuzzRun::pass_time(milliseconds time) {
    constexpr milliseconds kStride(5'000);
    loopback_.carry();
    while (loopback_.is_used() && time > kStride) {
        bench_.loop.advance(kStride);
        loopback_.carry();
        time -= kStride;
    }
    bench_.loop.advance(time);
}

bool FuzzRun::rare_event() {
    switch (dice_.below(160)) {
        case 0:
            if (!link_fails_) return false;
            was_down_ = true;
            bench_.media.go_down();
            return true;
        case 1:
        case 2:
            bench_.media.come_up();
            return true;
        case 3:
            bench_.media.refuse = !bench_.media.refuse && chance(3);
            return true;
        case 4:
            pass_time(seconds(dice_.below(2000)));
            return true;
        case 5:
        case 6:
            pass_time(seconds(dice_.below(100)));
            return true;
        case 7:
        case 8:
        case 9:
        case 10:
        case 11:
        case 12:
            pass_time(milliseconds(dice_.below(9000)));
            return true;
        case 13:
            if (chance(5)) bench_.table.release_all(41);
            return true;
        case 14:
            bench_.stack.refuse_sends = !bench_.stack.refuse_sends && chance(4);
            refused_sends_ = refused_sends_ || bench_.stack.refuse_sends;
            return true;
        case 15:
        case 16:
            fail_ours();
            return true;
        default:
            return false;
    }
}

void FuzzRun::deliver(std::function<void()> message) {
    switch (dice_.below(40)) {
        case 0:
            return;
        case 1:
        case 2:
            return late_.push_back(std::move(message));
        case 3:
            message();
            return message();
        default:
            return message();
    }
}

void FuzzRun::take_request(const SipMessage& message, const Endpoint& from) {
    const ServerTxn txn =
        bench_.stack.receive(message, {SipTransport::udp, our_address(), from}, bench_.now());
    wire_.received.insert(txn);
    if (message.method == "INVITE") invites_.push_back({txn, message});
    if (message.method == "BYE") wire_.ended.insert(*message.find("Call-ID"));
}

void FuzzRun::new_call() {
    if (calls_.size() == kCallsOfASequence) return;
    const std::string call_id = "call" + std::to_string(calls_.size()) + "@203.0.113.5";
    const SipMessage message = messages_.invite(call_id, some_replaces());
    take_request(message, caller_address());
    calls_.push_back({call_id, invites_.back().txn, 1});
    if (chance(40)) take_request(message, caller_address());  // by another way as well
}

// What would replace the caller's dialog of a call that there is (RFC 3891 3).
std::string FuzzRun::some_replaces() {
    if (calls_.empty()) return "";
    const Incoming& other = calls_[dice_.below(calls_.size())];
    SipMessage answer;
    answer.add("To", tagged_to(other.txn));
    return other.call_id + ";to-tag=" + tag_in(answer, "To") + ";from-tag=caller";
}

std::string FuzzRun::tagged_to(ServerTxn txn) const {
    for (const auto& answered : bench_.stack.answered)
        if (answered.txn == txn && has_tag(answered.response.find("To")))
            return *answered.response.find("To");
    return "";
}

std::string FuzzRun::last_rseq(ServerTxn txn) const {
    std::string last = "1";
    for (const auto& answered : bench_.stack.answered)
        if (answered.txn == txn)
            if (const auto* value = answered.response.find("RSeq")) last = *value;
    return last;
}

int FuzzRun::final_of(ServerTxn txn) const {
    for (const auto& answered : bench_.stack.answered)
        if (answered.txn == txn && answered.response.status >= 200) return answered.response.status;
    return 0;
}

void FuzzRun::caller_request(std::string method) {
    Incoming& from = calls_[dice_.below(calls_.size())];
    const std::string to = tagged_to(from.txn);
    if (to.empty() && method != "OPTIONS" && method != "MESSAGE") return;
    SipMessage message = FuzzMessages::request(method, "sip:200@198.51.100.1");
    message.set("Call-ID", from.call_id);
    if (!to.empty()) message.set("To", to);
    from.cseq += chance(12) ? static_cast<unsigned>(dice_.below(3)) : 1;
    message.set("CSeq", std::to_string(from.cseq) + " " + method);
    messages_.fill(message, last_rseq(from.txn));
    deliver([this, message] { take_request(message, caller_address()); });
}

void FuzzRun::callee_request(std::string method) {
    std::vector<const SipMessage*> dialogs;
    for (const auto& sent : bench_.stack.sent)
        if (sent.request.message.method == "INVITE" && !FuzzLoopback::is_own(sent.request) &&
            !has_tag(sent.request.message.find("To")))
            dialogs.push_back(&sent.request.message);
    if (dialogs.empty()) return;
    const SipMessage& out = chance(3) ? *dialogs[dice_.below(dialogs.size())] : *dialogs.back();
    SipMessage message = FuzzMessages::request(method, "sip:100@198.51.100.1");
    message.set("From", *out.find("To") + (chance(12) ? ";tag=fork" : ";tag=callee"));
    message.set("To", *out.find("From"));
    message.set("Call-ID", *out.find("Call-ID"));
    message.set("Contact", "<sip:200@192.0.2.20>");
    callee_cseq_ += chance(12) ? static_cast<unsigned>(dice_.below(3)) : 1;
    message.set("CSeq", std::to_string(callee_cseq_) + " " + method);
    messages_.fill(message, "1");
    deliver([this, message] { take_request(message, callee_address()); });
}

void FuzzRun::respond_to_ours() {
    const auto& sent = bench_.stack.sent;
    if (sent.empty()) return;
    std::size_t which = dice_.below(sent.size());
    if (!chance(6)) {  // mostly what waits, the newest first
        std::size_t newest = sent.size();
        while (newest > 0 && (wire_.finals.contains(sent[newest - 1].txn) ||
                              FuzzLoopback::is_own(sent[newest - 1].request)))
            --newest;
        if (newest == 0) return;
        which = newest - 1;
    }
    if (FuzzLoopback::is_own(sent[which].request)) return loopback_.carry();
    const ClientTxn txn = sent[which].txn;
    const SipMessage& request = sent[which].request.message;
    int status = messages_.status_for(request);
    // Behind a 2xx to an INVITE only others of its kind go up.
    if (const auto found = wire_.finals.find(txn); found != wire_.finals.end()) {
        if (request.method != "INVITE" || found->second >= 300) return;
        status = 200;
    }
    std::uint64_t& rseq = rseq_[txn];
    const SipMessage response = messages_.response(request, status, rseq + 1);
    if (const auto* value = response.find("RSeq"); value != nullptr)
        if (*value == std::to_string(rseq + 1)) ++rseq;
    deliver(
        [this, txn, method = request.method, response] { take_response(txn, method, response); });
}

void FuzzRun::take_response(ClientTxn txn, const std::string& method, const SipMessage& response) {
    const bool is_success = response.status / 100 == 2;
    const auto found = wire_.finals.find(txn);
    // A transaction gives one final response; that of an INVITE each 2xx (RFC 6026 7.2).
    if (found != wire_.finals.end() && (method != "INVITE" || found->second >= 300 || !is_success))
        return;
    const std::string& call_id = *response.find("Call-ID");
    if (found == wire_.finals.end() && is_overdue(txn)) {
        wire_.finals[txn] = 408;
        return bench_.stack.events().on_failure(txn, TxnFailure::timeout);
    }
    if (response.status >= 200 && found == wire_.finals.end()) {
        wire_.finals[txn] = response.status;
        if (method == "INVITE" && is_success)
            wire_.accepted.push_back({call_id, tag_in(response, "To"), response.cseq()->number});
        if (response.status == 408 || response.status == 481) wire_.ended.insert(call_id);
    }
    bench_.stack.events().on_response({txn, response, bench_.now()});
}

void FuzzRun::note_cancels(MonoTime before) {
    const auto& cancelled = bench_.stack.cancelled;
    for (; cancels_seen_ < cancelled.size(); ++cancels_seen_)
        cancelled_.emplace(cancelled[cancels_seen_].first, before);
}

bool FuzzRun::is_overdue(ClientTxn txn) const {
    const auto found = cancelled_.find(txn);
    return found != cancelled_.end() && bench_.now() - found->second >= kCancelledInvite;
}

void FuzzRun::fail_ours() {
    const auto& sent = bench_.stack.sent;
    if (sent.empty()) return;
    const auto& one = sent[dice_.below(sent.size())];
    if (FuzzLoopback::is_own(one.request)) return;
    if (!wire_.finals.emplace(one.txn, 408).second) return;
    wire_.ended.insert(*one.request.message.find("Call-ID"));
    bench_.stack.events().on_failure(one.txn,
                                     chance(4) ? TxnFailure::transport : TxnFailure::timeout);
}

void FuzzRun::touch_invite() {
    if (invites_.empty()) return;
    const Confirmable invite = chance(3) ? invites_[dice_.below(invites_.size())] : invites_.back();
    const int final = final_of(invite.txn);
    if (final == 0) {
        if (!chance(8)) return respond_to_ours();
        return deliver([this, txn = invite.txn] {
            if (final_of(txn) != 0) return;  // the stack answers it 200, and that is all
            SipMessage cancel = FuzzMessages::request("CANCEL", "sip:200@198.51.100.1");
            if (chance(3)) cancel.add("Reason", "SIP;cause=200;text=\"Call completed elsewhere\"");
            bench_.stack.events().on_cancel(
                txn,
                {txn, cancel, {SipTransport::udp, our_address(), caller_address()}, bench_.now()});
        });
    }
    if (final < 300) acknowledge(invite);
}

void FuzzRun::acknowledge(const Confirmable& invite) {
    if (confirmed_.contains(invite.txn)) return;
    if (chance(20)) {
        confirmed_.insert(invite.txn);
        return bench_.stack.events().on_ack_timeout(invite.txn);
    }
    SipMessage ack = FuzzMessages::request("ACK", "sip:200@198.51.100.1");
    ack.set("From", *invite.invite.find("From"));
    ack.set("To", tagged_to(invite.txn));
    ack.set("Call-ID", *invite.invite.find("Call-ID"));
    ack.set("CSeq", std::to_string(invite.invite.cseq()->number) + " ACK");
    if (invite.invite.body.empty() != chance(8)) tests::put_sdp(ack, messages_.sdp());
    deliver([this, txn = invite.txn, ack] {
        if (!confirmed_.insert(txn).second) return;
        bench_.stack.events().on_ack(
            txn,
            {ServerTxn{}, ack, {SipTransport::udp, our_address(), caller_address()}, bench_.now()});
    });
}

void FuzzRun::be_silent() {
    if (!bench_.media.up) bench_.media.come_up();
    bench_.media.refuse = false;
    bench_.stack.refuse_sends = false;
    for (const auto& message : std::exchange(late_, {}))
        if (chance(2)) message();
    constexpr int kRounds = 6;  // an end may bring another request about, whose answer stays away
    for (int round = 0; round < kRounds; ++round) {
        bench_.table.release_all(41);
        for (std::size_t i = 0; i < invites_.size(); ++i) {
            const ServerTxn txn = invites_[i].txn;
            if (final_of(txn) / 100 == 2 && confirmed_.insert(txn).second)
                bench_.stack.events().on_ack_timeout(txn);
        }
        time_out_what_waits();
        bench_.media.deliver();
        loopback_.carry();
        if (bench_.loop.pending_timers() == 0 && bench_.table.size() == 0) return;
        pass_time(std::chrono::duration_cast<milliseconds>(kByeGuard + kMediaGuard));
        bench_.media.deliver();
    }
    bench_.loop.advance(std::chrono::hours(2));  // subscriptions that passed us run out
    bench_.media.deliver();
}

void FuzzRun::time_out_what_waits() {
    loopback_.carry();
    for (const ServerTxn txn : loopback_.unacknowledged())
        if (confirmed_.insert(txn).second) bench_.stack.events().on_ack_timeout(txn);
    for (std::size_t i = 0; i < bench_.stack.sent.size(); ++i) {
        const auto& sent = bench_.stack.sent[i];
        if (FuzzLoopback::is_own(sent.request)) continue;
        const ClientTxn txn = sent.txn;
        if (wire_.finals.emplace(txn, 408).second)
            bench_.stack.events().on_failure(txn, TxnFailure::timeout);
    }
}

}  // namespace weir::signaling
