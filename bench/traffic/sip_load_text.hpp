// SPDX-License-Identifier: Apache-2.0
// The SIP texts of weir-sip-load: what it reads of a message, and the messages of its two parties.
//
// The SIP here is deliberately not Weir's, so that a mistake of the signalling cannot hide on both
// sides of a measurement. Pure. Thread: any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/base/address.hpp"

namespace weir::bench {

// The parts of a message that the parties need; views into its text, "" where it has none.
struct SipView {
    std::string_view start;
    std::string_view via;           // the lines of all Via headers, with their ends
    std::string_view record_route;  // likewise
    std::string_view from;
    std::string_view to;
    std::string_view call_id;
    std::string_view cseq;
    std::string_view contact;

    // Of a response; 0 for a request.
    [[nodiscard]] int status() const;
    // The user part of a request's Request-URI.
    [[nodiscard]] std::string_view user() const;
};
[[nodiscard]] SipView read_sip(std::string_view message);

// The number behind the last character that is no digit: "492000017" is a whole one, "c17" is 17.
[[nodiscard]] std::optional<std::uint32_t> last_digits(std::string_view text, std::size_t at_most);

inline constexpr std::size_t kCallDigits = 7;  // of a call's index in the number that it calls

// Texts of one load. Each call of a function gives a whole datagram.
class SipLoadText {
public:
    struct Place {
        Endpoint target;  // whom the callers call
        Endpoint uac;     // the callers' socket
        Endpoint uas;     // the callees'
        std::string prefix = "9";
        std::uint32_t seed = 1;  // two loads through one server need different ones
    };
    explicit SipLoadText(const Place& place);

    [[nodiscard]] std::string invite(std::uint32_t call) const;
    // What the caller keeps of the 2xx. At most one proxy stands in the way (a second one would
    // make the order of routes matter).
    struct Dialog {
        std::string to;      // with tag
        std::string target;  // Contact
        std::string route;   // Record-Route; "" = none
    };
    [[nodiscard]] static Dialog dialog_of(const SipView& response);
    [[nodiscard]] std::string ack(std::uint32_t call, const Dialog& dialog) const;
    // Of another final response than a 2xx.
    [[nodiscard]] std::string ack_failure(std::uint32_t call, const SipView& response) const;
    [[nodiscard]] std::string bye(std::uint32_t call, const Dialog& dialog) const;
    // The index in the Call-ID of an answer to one of these.
    [[nodiscard]] static std::optional<std::uint32_t> call_of(const SipView& response);

    // "180 Ringing"; of a 2xx to an INVITE with description and a Contact that names the call.
    [[nodiscard]] std::string response(const SipView& request, std::string_view status,
                                       std::optional<std::uint32_t> described = {}) const;

private:
    [[nodiscard]] std::string request(std::string_view method, std::uint32_t call,
                                      const Dialog& dialog, std::string_view branch) const;
    [[nodiscard]] Dialog before_dialog(std::uint32_t call) const;

    std::string target_;
    std::string uac_;
    std::string uas_;
    std::string prefix_;
    std::string caller_sdp_;
    std::string callee_sdp_;
    std::uint32_t seed_;
};

// "<sip:a@b>;x" or "sip:a@b": the URI.
[[nodiscard]] std::string_view uri_of(std::string_view contact);

}  // namespace weir::bench
