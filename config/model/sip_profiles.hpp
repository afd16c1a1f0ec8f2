// SPDX-License-Identifier: Apache-2.0
// voice class sip-profiles as it was written (spec D.1); applied by signaling.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/model/vocabulary.hpp"

namespace weir::config {

// One rule: which messages, which header or SDP line, what is done.
struct SipProfileRule {
    enum class Message : std::uint8_t { request, response };
    enum class Part : std::uint8_t { sip_header, sdp_header, peer_sip_header, peer_sdp_line };
    enum class Action : std::uint8_t { add, remove, modify, copy };
    std::optional<std::uint32_t> tag;  // rule TAG; a profile is all tagged or all untagged
    Message message = Message::request;
    std::string method;  // INVITE, REINVITE, ANY, ...; of a response "" = any
    std::string code;    // of a response: 183, ANY
    Part part = Part::sip_header;
    std::optional<std::uint8_t> mline_index;  // 0 = session level, 1..6
    std::string header;                       // as spelled in D.2; or the start of an SDP line
    Action action = Action::add;
    std::string match;          // modify, copy: the expression
    std::string value;          // add: the whole line; modify: the replacement
    std::uint8_t variable = 0;  // copy: u01..u99
    bool operator==(const SipProfileRule&) const = default;
};

struct SipProfiles {
    std::uint32_t tag = 0;              // 1..10000
    std::vector<SipProfileRule> rules;  // in the order of application
    Place place;
};

}  // namespace weir::config
