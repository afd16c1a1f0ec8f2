// SPDX-License-Identifier: Apache-2.0
// Whether a request from the network may go further than the door (spec B.3, A.12, N19).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "config/base/address.hpp"
#include "config/base/clock.hpp"
#include "config/model/config.hpp"
#include "signaling/edge/trusted_sources.hpp"

namespace weir::signaling {

// The methods that we offer, for Allow; what else comes is answered 405 (N19).
inline constexpr std::string_view kAllow =
    "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, PRACK, REFER, INFO, NOTIFY, SUBSCRIBE, MESSAGE, "
    "PUBLISH";
[[nodiscard]] bool is_offered_method(std::string_view method);  // case-sensitive (RFC 3261 7.1)

// One request as the door sees it.
struct Arrival {
    IpAddress source;
    std::string_view method;
    bool in_dialog = false;  // it belongs to a dialog of ours: not checked against the list
    bool bound = false;      // the source is an endpoint that has registered, or its registrar
};

struct Admission {
    enum class Verdict : std::uint8_t {
        admit,
        discard,  // no answer at all: a scanner learns nothing
        refuse,   // answer `status`
    };
    Verdict verdict = Verdict::admit;
    int status = 0;           // refuse: final response
    int q850_cause = 0;       // refuse: for the Reason header, 0 = none
    bool trusted = true;      // of the source
    bool send_allow = false;  // refuse: the response carries `Allow: kAllow`
    bool operator==(const Admission&) const = default;
};

[[nodiscard]] Admission admit(const config::VoiceService& voice, const TrustedSources& trusted,
                              const Arrival& arrival);

// Spec B.3: a log line each 60 minutes once 1000 requests were discarded. Thread: sip.
class DiscardLog {
public:
    // Counts one discarded request; true when a line is due, which then names pending() requests.
    [[nodiscard]] bool note(MonoTime now);
    [[nodiscard]] std::uint64_t total() const { return total_; }
    [[nodiscard]] std::uint64_t since_last_line() const { return since_line_; }

private:
    std::uint64_t total_ = 0;
    std::uint64_t pending_ = 0;     // since the last line
    std::uint64_t since_line_ = 0;  // what the line that is due has to say
    MonoTime last_line_;
    bool logged_ = false;
};

}  // namespace weir::signaling
