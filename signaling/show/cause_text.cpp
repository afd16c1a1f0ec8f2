// SPDX-License-Identifier: Apache-2.0
// The table of ITU-T Q.850 2.2.7 in the router's words.
#include "signaling/show/cause_text.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace weir::signaling {
namespace {

constexpr std::array<std::pair<int, std::string_view>, 46> kNames{{
    {1, "unassigned number"},
    {2, "no route to specified transit network"},
    {3, "no route to destination"},
    {4, "send special information tone"},
    {5, "misdialled trunk prefix"},
    {6, "channel unacceptable"},
    {7, "call awarded"},
    {16, "normal call clearing"},
    {17, "user busy"},
    {18, "no user responding"},
    {19, "no user answer"},
    {20, "subscriber absent"},
    {21, "call rejected"},
    {22, "number changed"},
    {26, "non-selected user clearing"},
    {27, "destination out of order"},
    {28, "invalid number"},
    {29, "facility rejected"},
    {30, "response to status enquiry"},
    {31, "normal, unspecified"},
    {34, "no circuit"},
    {38, "network out of order"},
    {41, "temporary failure"},
    {42, "switch congestion"},
    {43, "access info discarded"},
    {44, "no requested circuit"},
    {47, "no resource"},
    {49, "qos unavailable"},
    {50, "facility not subscribed"},
    {55, "incoming calls barred"},
    {57, "bearer capability not authorized"},
    {58, "bearer capability not available"},
    {63, "service or option not available"},
    {65, "bearer capability not implemented"},
    {69, "facility not implemented"},
    {79, "service or option not implemented"},
    {81, "invalid call reference"},
    {88, "incompatible destination"},
    {95, "invalid message"},
    {96, "mandatory information missing"},
    {97, "message type not implemented"},
    {99, "information element not implemented"},
    {100, "invalid information element contents"},
    {102, "recovery on timer expiry"},
    {111, "protocol error"},
    {127, "interworking, unspecified"},
}};

}  // namespace

std::string_view cause_name(int q850_cause) {
    const auto found = std::find_if(kNames.begin(), kNames.end(), [q850_cause](const auto& each) {
        return each.first == q850_cause;
    });
    return found == kNames.end() ? std::string_view() : found->second;
}

std::string cause_text(int q850_cause) {
    if (q850_cause == 0) return "";
    const std::string_view name = cause_name(q850_cause);
    if (name.empty()) return fmt::format("cause {} ({})", q850_cause, q850_cause);
    return fmt::format("{} ({})", name, q850_cause);
}

}  // namespace weir::signaling
