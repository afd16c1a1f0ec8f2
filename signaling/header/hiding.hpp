// SPDX-License-Identifier: Apache-2.0
// Topology hiding inside header values (spec B.2 `address-hiding`): our host in the place of
// theirs.
//
// Thread: any; pure. Used for Refer-To, Referred-By, Contact of 3xx, History-Info and Diversion.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "signaling/api/message.hpp"

namespace weir::signaling {

// One name-addr with the host and port of its URI replaced by `host` ("192.0.2.1",
// "sbc.example:5070"). URI parameters about hosts and the way to them (maddr, received, sent-by,
// transport) go; the others, the headers of the URI ("?Replaces=...") and the header parameters
// stay. What is no SIP address with a host (tel:, or unreadable) stays as it is.
[[nodiscard]] std::string hide_host(std::string_view name_addr, std::string_view host);
// The same for each element of a comma-separated value.
[[nodiscard]] std::string hide_hosts(std::string_view value, std::string_view host);
// Every instance of that header in the message.
void hide_in_header(SipMessage& message, std::string_view name, std::string_view host);

// Diversion of the INVITE that goes on (RFC 5806): the first element with the redirecting number
// after translation, the others as they came; at most kRedirections, all under `host` when hidden.
struct RedirectionWish {
    std::string number;     // of the first element after translation
    std::string first_uri;  // the URI for a changed number: "sip:NUMBER@" and a host follows
    std::string host;       // ours
    bool hidden = false;
};
[[nodiscard]] std::vector<Header> diversion_headers(const SipMessage& invite,
                                                    const RedirectionWish& wish, bool changed);

// History-Info of the INVITE that goes on (RFC 7044 9): the entries that came, or the Request-URI
// that came as the first; then the new target one level deeper.
[[nodiscard]] std::vector<Header> history_headers(const SipMessage& invite,
                                                  const std::string& target_uri,
                                                  const std::string& host, bool hidden);

}  // namespace weir::signaling
