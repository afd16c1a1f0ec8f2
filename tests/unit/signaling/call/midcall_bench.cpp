// SPDX-License-Identifier: Apache-2.0
// What the parties of MidcallBench say.
#include "tests/unit/signaling/call/midcall_bench.hpp"

namespace weir::tests {

std::string held(const char* address, unsigned port, const char* how) {
    return sdp(address, port, "a=" + std::string(how) + "\r\n");
}

MidcallBench::MidcallBench() = default;
MidcallBench::~MidcallBench() = default;

config::SipOptions& MidcallBench::of_peer(std::uint32_t tag) {
    return config.dial_peers[config::DialPeerTag{tag}].sip;
}

FakeSipStack::Sent MidcallBench::last_out(const char* method) const {
    const auto all = stack.sent_with(method);
    EXPECT_FALSE(all.empty()) << "no " << method << " went out";
    return all.empty() ? FakeSipStack::Sent{} : all.back();
}

std::string MidcallBench::body_out(const char* method) const {
    return last_out(method).request.message.body;
}

void MidcallBench::answer_with(const FakeSipStack::Sent& to, int status,
                               std::vector<signaling::Header> extra, std::string body,
                               const char* allow) {
    extra.push_back({"Contact", "<sip:200@192.0.2.20>"});
    extra.push_back({"Allow", allow});
    stack.answer(to, status, "callee", std::move(body), std::move(extra));
    media.deliver();
}

signaling::ServerTxn MidcallBench::call_with(const std::vector<signaling::Header>& extra,
                                             const std::string& body) {
    auto message = invite(body);
    for (const auto& header : extra)
        message.set(header.name, header.value);
    return call(message);
}

signaling::ServerTxn MidcallBench::caller_sends(const char* method, const std::string& body,
                                                const std::vector<signaling::Header>& extra) {
    auto message = from_caller(method, body);
    for (const auto& header : extra)
        message.set(header.name, header.value);
    const auto txn = stack.receive(message, caller_path(), now());
    media.deliver();
    return txn;
}

void MidcallBench::ack_from_callee(signaling::ServerTxn txn, const std::string& body) {
    SipMessage message;
    message.method = "ACK";
    message.body = body;
    stack.events().on_ack(txn, {{}, std::move(message), {}, now()});
}

bool MidcallBench::has(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

}  // namespace weir::tests
