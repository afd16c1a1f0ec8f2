// SPDX-License-Identifier: Apache-2.0
// The two lists of headers.
#include "signaling/call/passed_headers.hpp"

#include <array>
#include <string>
#include <string_view>

namespace weir::signaling {
namespace {

constexpr std::array<std::string_view, 17> kCarried{
    "Event",          "Subscription-State",  "Expires",          "Accept",
    "Info-Package",   "Recv-Info",           "Refer-Sub",        "SIP-ETag",
    "SIP-If-Match",   "Target-Dialog",       "Subject",          "In-Reply-To",
    "Content-Type",   "Content-Disposition", "Content-Encoding", "Content-Language",
    "Refer-Events-At"};
constexpr std::array<std::string_view, 10> kCarriedBack{
    "Expires",      "Min-Expires",         "Refer-Sub",   "Recv-Info",   "SIP-ETag",
    "Content-Type", "Content-Disposition", "Retry-After", "Unsupported", "Allow-Events"};

template <typename Names>
void copy(const SipMessage& from, SipMessage& to, const Names& names) {
    for (const auto name : names) {
        if (to.find(name) != nullptr) continue;
        for (const auto value : from.all(name))
            to.add(name, std::string(value));
    }
    to.body = from.body;
}

}  // namespace

void carry_passed(const SipMessage& from, SipMessage& to) {
    copy(from, to, kCarried);
}

void carry_passed_back(const SipMessage& from, SipMessage& to) {
    copy(from, to, kCarriedBack);
}

}  // namespace weir::signaling
