// SPDX-License-Identifier: Apache-2.0
// What the parties of ReliableBench say.
#include "tests/unit/signaling/call/reliable_bench.hpp"

#include "tests/support/party_messages.hpp"

namespace weir::tests {

ReliableBench::~ReliableBench() = default;

ReliableBench::ReliableBench() {
    peer(20).sip.rel1xx = config::Rel1xx{};
    apply();
}

config::DialPeer& ReliableBench::peer(std::uint32_t tag) {
    return config.dial_peers[config::DialPeerTag{tag}];
}

void ReliableBench::set_rel1xx(std::uint32_t tag, Mode mode) {
    peer(tag).sip.rel1xx =
        config::Rel1xx{mode, mode == Mode::disable ? std::string() : std::string("100rel")};
    apply();
}

ServerTxn ReliableBench::call_with(const std::string& header, const std::string& body) {
    SipMessage message = invite(body);
    if (!header.empty()) message.add(header, "100rel");
    return call(message);
}

ServerTxn ReliableBench::reliable_call(const std::string& body) {
    set_rel1xx(10, Mode::require);
    return call_with("Supported", body);
}

void ReliableBench::reliable(int status, unsigned rseq, const std::string& body, const char* tag,
                             std::size_t leg) {
    const auto to = invite_out(leg);
    SipMessage response = signaling::make_response(to.request.message, status, "", tag);
    response.add("Contact", "<sip:200@192.0.2.20>");
    response.add("Allow", "INVITE, ACK, BYE, CANCEL, UPDATE, PRACK");
    response.add("Require", "100rel");
    response.add("RSeq", std::to_string(rseq));
    put_sdp(response, body);
    stack.events().on_response({to.txn, std::move(response), now()});
    media.deliver();
}

void ReliableBench::answer_callee(int status, const std::string& body, const char* tag) {
    answer(invite_out(), status, body, tag);
}

ServerTxn ReliableBench::prack_as(const std::string& rseq, const std::string& body) {
    return prack_with("RAck", rseq + " 1 INVITE", body);
}

ServerTxn ReliableBench::prack_with(const char* name, const std::string& value,
                                    const std::string& body) {
    SipMessage message = from_caller("PRACK");
    message.add(name, value);
    put_sdp(message, body);
    const auto txn = stack.receive(std::move(message), caller_path(), now());
    media.deliver();
    return txn;
}

SipMessage ReliableBench::last_reliable() const {
    SipMessage found;
    for (const auto& response : stack.answers_to(invite_))
        if (response.find("RSeq") != nullptr) found = response;
    return found;
}

std::size_t ReliableBench::count_of(int status) const {
    std::size_t count = 0;
    for (const int each : statuses(invite_))
        if (each == status) ++count;
    return count;
}

}  // namespace weir::tests
