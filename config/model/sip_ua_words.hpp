// SPDX-License-Identifier: Apache-2.0
// The timers and retries of sip-ua and tenants by their words, with ranges (spec B.12).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "config/model/sip_ua.hpp"

namespace weir::config {

struct TimerWords {
    std::string_view words;  // behind `timers`
    std::uint32_t min = 0;   // in the unit of the command: ms, minutes or seconds
    std::uint32_t max = 0;
    std::uint32_t (*global)(const SipUa&);  // the sip-ua level of it, in the same unit
    std::string_view help;
};
struct RetryWords {
    std::string_view words;  // behind `retry`
    std::uint8_t SipUa::*global;
    std::string_view help;
};

namespace words {
template <auto member>
std::uint32_t timer(const SipUa& ua) {
    return static_cast<std::uint32_t>((ua.*member).count());
}
}  // namespace words

inline constexpr std::array<TimerWords, 19> kTimerWords{{
    {"trying", 100, 1000, words::timer<&SipUa::timer_trying>, "Milliseconds to wait for a 100"},
    {"connect", 100, 1000, words::timer<&SipUa::timer_connect>, "Milliseconds to wait for an ACK"},
    {"disconnect", 100, 1000, words::timer<&SipUa::timer_disconnect>,
     "Milliseconds to wait for the response to BYE"},
    {"expires", 60000, 300000, words::timer<&SipUa::timer_expires>,
     "Milliseconds that an INVITE is valid"},
    {"prack", 100, 1000, words::timer<&SipUa::timer_prack>,
     "Milliseconds to wait for the response to PRACK"},
    {"rel1xx", 100, 1000, words::timer<&SipUa::timer_rel1xx>, "Milliseconds to wait for PRACK"},
    {"notify", 100, 1000, words::timer<&SipUa::timer_notify>,
     "Milliseconds to wait for the response to NOTIFY"},
    {"refer", 100, 1000, words::timer<&SipUa::timer_refer>,
     "Milliseconds to wait for the response to REFER"},
    {"register", 100, 1000, words::timer<&SipUa::timer_register>,
     "Milliseconds to wait for the response to REGISTER"},
    {"info", 100, 1000, words::timer<&SipUa::timer_info>,
     "Milliseconds to wait for the response to INFO"},
    {"options", 100, 1000, words::timer<&SipUa::timer_options>,
     "Milliseconds to wait for the response to OPTIONS"},
    {"update", 100, 1000, words::timer<&SipUa::timer_update>,
     "Milliseconds to wait for the response to UPDATE"},
    {"hold", 15, 2880, words::timer<&SipUa::timer_hold>, "Minutes that a call may be on hold"},
    {"connection aging tcp", 5, 30, words::timer<&SipUa::connection_aging_tcp>,
     "Minutes until an idle TCP connection is closed"},
    {"connection aging udp", 5, 30, words::timer<&SipUa::connection_aging_udp>,
     "Minutes until an idle UDP peer is forgotten"},
    {"connection aging tls", 5, 60, words::timer<&SipUa::connection_aging_tls>,
     "Minutes until an idle TLS connection is closed"},
    {"connection establish tls", 5, 20, words::timer<&SipUa::tls_establish>,
     "Seconds to establish a TLS connection"},
    {"register-dns-cache", 300, 86400, words::timer<&SipUa::register_dns_cache>,
     "Seconds to keep the registrar's address"},
    {"buffer-invite", 50, 5000, words::timer<&SipUa::buffer_invite>,
     "Milliseconds to hold an INVITE back for its digits"},
}};

inline constexpr std::array<RetryWords, 14> kRetryWords{{
    {"invite", &SipUa::retry_invite, "Times an INVITE is sent"},
    {"response", &SipUa::retry_response, "Times a final response is sent"},
    {"bye", &SipUa::retry_bye, "Times a BYE is sent"},
    {"cancel", &SipUa::retry_cancel, "Times a CANCEL is sent"},
    {"prack", &SipUa::retry_prack, "Times a PRACK is sent"},
    {"rel1xx", &SipUa::retry_rel1xx, "Times a reliable provisional response is sent"},
    {"info", &SipUa::retry_info, "Times an INFO is sent"},
    {"notify", &SipUa::retry_notify, "Times a NOTIFY is sent"},
    {"refer", &SipUa::retry_refer, "Times a REFER is sent"},
    {"subscribe", &SipUa::retry_subscribe, "Times a SUBSCRIBE is sent"},
    {"register", &SipUa::retry_register, "Times a REGISTER is sent"},
    {"options", &SipUa::retry_options, "Times an OPTIONS is sent"},
    {"update", &SipUa::retry_update, "Times an UPDATE is sent"},
    {"keepalive", &SipUa::retry_keepalive, "Times a keepalive is sent"},
}};

}  // namespace weir::config
