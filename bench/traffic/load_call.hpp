// SPDX-License-Identifier: Apache-2.0
// One call of the load: both its parties, SIP by hand and RTP by number.
//
// The SIP here is deliberately not Weir's: a plain text UAC and UAS, so that a mistake of the
// signalling cannot hide on both sides of a measurement.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "bench/traffic/numbered_rtp.hpp"
#include "config/base/address.hpp"

namespace weir::bench {

struct LoadOptions {
    Endpoint target;    // Weir's SIP address
    IpAddress address;  // ours, both parties
    Endpoint uac;       // SIP socket of the callers
    Endpoint uas;       // SIP socket of the callees
    std::string called_prefix = "9";
    std::uint32_t calls = 200;
    std::uint32_t packets = 3000;  // each party sends this many, 50 a second
    std::uint32_t seed = 1;
};

// The value of the first header of that name, trimmed; "" if it is not there.
[[nodiscard]] std::string header(std::string_view message, std::string_view name);
// The RTP endpoint that an SDP body names, if it names one.
[[nodiscard]] std::optional<Endpoint> sdp_rtp(std::string_view message);

class LoadCall {
public:
    LoadCall(const LoadOptions& options, std::uint32_t index, std::uint16_t caller_rtp,
             std::uint16_t callee_rtp);

    // Texts to send, and the reaction to what came. Empty = nothing to send.
    [[nodiscard]] std::string invite() const;
    [[nodiscard]] std::string on_uac_response(std::string_view message);  // ACK
    [[nodiscard]] std::string on_uas_request(std::string_view message);   // responses
    [[nodiscard]] std::string bye() const;

    [[nodiscard]] bool is_invited() const { return provisional_ || answered_; }
    [[nodiscard]] bool is_talking() const { return answered_ && acknowledged_; }
    [[nodiscard]] bool is_over() const { return bye_confirmed_ || failed_status_ != 0; }
    [[nodiscard]] int failed_status() const { return failed_status_; }
    [[nodiscard]] const std::string& call_id() const { return call_id_; }

    struct Party {
        Party(const LoadOptions& options, std::uint32_t call, std::uint8_t party);
        NumberedSender sender;
        NumberedReceiver receiver;
        std::optional<Endpoint> remote;  // where to send: Weir's port toward this party
        std::uint16_t rtp_port = 0;
    };
    Party caller;
    Party callee;

private:
    [[nodiscard]] std::string sdp(const Party& party) const;
    [[nodiscard]] std::string request(std::string_view method, std::uint32_t cseq) const;

    const LoadOptions& options_;
    std::uint32_t index_;
    std::string number_;
    std::string call_id_;
    std::string to_;  // with the tag, once answered
    bool provisional_ = false;
    bool answered_ = false;
    bool acknowledged_ = false;
    bool bye_confirmed_ = false;
    int failed_status_ = 0;
};

}  // namespace weir::bench
