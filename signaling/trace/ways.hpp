// SPDX-License-Identifier: Apache-2.0
// Ways: between which addresses and over which transport each message of a traced call went. Pure;
// thread: any.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "signaling/call/call_types.hpp"
#include "signaling/trace/describe.hpp"

namespace weir::signaling {

// A request of ours that did not go as the machine meant: by TCP, because it was too large for UDP
// (RFC 3261 18.1.1), or after that by UDP, because nobody took the connection.
struct SentWay {
    std::string sip_call_id;
    std::string method;
    std::uint32_t cseq = 0;
    SipPath path;
};
// None: the message lacks what names it.
[[nodiscard]] std::optional<SentWay> sent_way(const SipMessage& request, const SipPath& path);
// "INVITE 1 by TCP to 192.0.2.20:5060: too large for UDP (RFC 3261 18.1.1)"
[[nodiscard]] std::string describe(const SentWay& way);

struct RecordedCall;

// Asked in the order of the trace: a response goes the way of its request.
class Ways {
public:
    // Knows from the beginning what left by TCP.
    explicit Ways(const RecordedCall& call);

    // From here on: a request that came back to UDP.
    void note(const SentWay& way);
    [[nodiscard]] SipPath of(const TracedMessage& traced);

private:
    using Key = std::tuple<std::string, std::string, std::uint32_t>;
    [[nodiscard]] static std::optional<Key> key_of(const SipMessage& message);

    std::array<SipPath, 2> legs_;    // [Side]: of the last message that said it
    std::map<Key, SipPath> others_;  // of what did not go as its leg goes
};

}  // namespace weir::signaling
