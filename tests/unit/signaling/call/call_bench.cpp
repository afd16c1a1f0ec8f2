// SPDX-License-Identifier: Apache-2.0
// The caller and the callees of CallBench.
#include "tests/unit/signaling/call/call_bench.hpp"

#include "tests/support/party_messages.hpp"
#include "tests/support/voip_peer.hpp"

namespace weir::tests {

bool LineSink::append(std::string line) {
    lines.push_back(std::move(line));
    return true;
}

EventLog::EventLog() = default;
EventLog::~EventLog() = default;

bool EventLog::wants_media(const config::Config&, config::DialPeerTag, config::DialPeerTag) const {
    return wants;
}

void EventLog::on_call_connected(const signaling::CallView& call) {
    events.emplace_back("connected");
    connected = call;
}

void EventLog::on_call_media_changed(const signaling::CallView& call, MonoTime since) {
    events.emplace_back("media");
    changed = call;
    changed_since = since;
}

void EventLog::on_call_releasing(const signaling::CallView&, const signaling::CallEnd& call_end) {
    events.emplace_back("releasing");
    end = call_end;
}

void EventLog::on_call_ended(const signaling::CallView&, const signaling::CallEnd& call_end,
                             const dataplane::SessionState& state) {
    events.emplace_back("ended");
    end = call_end;
    accounts = state;
}

std::string EventLog::text() const {
    std::string all;
    for (const auto& event : events)
        all += (all.empty() ? "" : " ") + event;
    return all;
}

Endpoint at(const char* text) {
    return *Endpoint::parse(text, 5060);
}

std::string sdp(const char* address, unsigned port, const std::string& more, const char* formats) {
    return audio_sdp(address, port, more, formats);
}

CallBench::CallBench(signaling::NetworkKnowledge network) : network_(std::move(network)) {
    config.voice.border_element = true;
    config.voice.allow_sip_to_sip = true;
    config.voice.trusted.prefixes = {*Prefix::parse("203.0.113.0/24")};
    add_peer(10, "", ".T", "");
    add_peer(20, "2..", "", "192.0.2.20");
    stack.listening = {{signaling::SipTransport::udp, at("198.51.100.1")},
                       {signaling::SipTransport::tcp, at("198.51.100.1")}};
    stack.set_events(table);
    media.add_listener(table);
    table.add_listener(log);
    apply();
}

CallBench::~CallBench() = default;

config::DialPeer& CallBench::add_peer(std::uint32_t tag, const char* destination,
                                      const char* incoming, const char* target) {
    return config.dial_peers[config::DialPeerTag{tag}] =
               voip_peer(tag, destination, incoming, target);
}

void CallBench::apply() {
    auto plan = dialplan::DialPlan::compile(std::make_shared<const config::Config>(config));
    ASSERT_TRUE(plan) << plan.error().context;
    table.set_config(*plan);
}

SipMessage CallBench::request(const std::string& method, const std::string& uri) {
    return caller_request(method, uri);
}

signaling::SipPath CallBench::caller_path() {
    return {signaling::SipTransport::udp, at("198.51.100.1"), at("203.0.113.5")};
}

SipMessage CallBench::invite(const std::string& body) {
    SipMessage message = request("INVITE", "sip:200@198.51.100.1");
    put_sdp(message, body);
    return message;
}

ServerTxn CallBench::call(const SipMessage& message) {
    invite_ = stack.receive(message, caller_path(), now());
    media.deliver();
    return invite_;
}

SipMessage CallBench::from_caller(const std::string& method, const std::string& body) {
    SipMessage message = request(method, "sip:200@198.51.100.1");
    message.set("To", to_with_tag());
    message.set("CSeq", std::to_string(++caller_cseq_) + " " + method);
    put_sdp(message, body);
    return message;
}

std::string CallBench::to_with_tag() const {
    for (const auto& answer : stack.answers_to(invite_))
        if (answer.status > 100) return *answer.find("To");
    return "<sip:200@198.51.100.1>;tag=none";
}

ServerTxn CallBench::send_from_caller(const std::string& method, const std::string& body) {
    const auto txn = stack.receive(from_caller(method, body), caller_path(), now());
    media.deliver();
    return txn;
}

void CallBench::ack(ServerTxn invite, const std::string& body) {
    SipMessage message = from_caller("ACK", body);
    stack.events().on_ack(invite, {ServerTxn{}, std::move(message), caller_path(), now()});
}

FakeSipStack::Sent CallBench::invite_out(std::size_t n) const {
    const auto all = stack.sent_with("INVITE");
    EXPECT_LT(n, all.size());
    return n < all.size() ? all[n] : FakeSipStack::Sent{};
}

void CallBench::answer(const FakeSipStack::Sent& to, int status, const std::string& body,
                       const char* tag) {
    SipMessage response = callee_response(to.request.message, status, "192.0.2.20", tag);
    put_sdp(response, body);
    stack.events().on_response({to.txn, std::move(response), now()});
    media.deliver();
}

ServerTxn CallBench::request_of_callee(const std::string& method,
                                       std::vector<signaling::Header> headers,
                                       const std::string& body, std::size_t leg) {
    SipMessage message = callee_request(invite_out(leg).request.message, method, ++callee_cseq_);
    for (auto& header : headers)
        message.add(header.name, std::move(header.value));
    message.body = body;
    const signaling::SipPath path{signaling::SipTransport::udp, at("198.51.100.1"),
                                  at("192.0.2.20")};
    const auto txn = stack.receive(std::move(message), path, now());
    media.deliver();
    return txn;
}

ServerTxn CallBench::send_from_callee(const std::string& method, const std::string& body,
                                      std::size_t leg) {
    std::vector<signaling::Header> headers;
    if (!body.empty()) headers.push_back({"Content-Type", "application/sdp"});
    return request_of_callee(method, std::move(headers), body, leg);
}

ServerTxn CallBench::connect() {
    const auto txn = call();
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    ack(txn);
    return txn;
}

void CallBench::confirm_byes() {
    for (const auto& bye : stack.sent_with("BYE"))
        answer(bye, 200);
}

std::vector<int> CallBench::statuses(ServerTxn txn) const {
    std::vector<int> all;
    for (const auto& response : stack.answers_to(txn))
        all.push_back(response.status);
    return all;
}

SipMessage CallBench::last_answer(ServerTxn txn) const {
    const auto all = stack.answers_to(txn);
    EXPECT_FALSE(all.empty());
    return all.empty() ? SipMessage{} : all.back();
}

std::string CallBench::header(const SipMessage& message, const char* name) const {
    const std::string* value = message.find(name);
    return value == nullptr ? "(none)" : *value;
}

}  // namespace weir::tests
