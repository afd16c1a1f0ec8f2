// SPDX-License-Identifier: Apache-2.0
// Fuzzes the SDP editor: what is accepted is printed as it was, and rewritten into what can be read
// again.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "config/base/result.hpp"
#include "signaling/sdp/offer.hpp"
#include "signaling/sdp/rewrite.hpp"

namespace {

using namespace weir::signaling::sdp;

Rewrite plain() {
    Rewrite how;
    how.address = weir::IpAddress::v4(198, 51, 100, 1);
    for (std::uint16_t port = 16384; port < 16392; port += 2)
        how.ports.emplace_back(port);
    CodecPolicy policy;
    policy.codecs = {{"PCMU", 8000}, {"PCMA", 8000}, {"G729", 8000}};
    how.audio = {policy, CodecPolicy{.transparent = true, .codecs = {}}};
    how.foreign_hosts = {"pbx.example.net"};
    return how;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string input(data, data + size);
    const auto description = Description::parse(input);
    static_cast<void>(read_answer(input, 2));
    if (!description) return 0;
    WEIR_ASSERT(description->to_string() == input);
    static_cast<void>(view_all(*description));
    Rewrite how = plain();
    const auto offer = rewrite(*description, how);
    if (!offer) return 0;
    LocalOrigin origin(7, 1);
    const std::string text = origin.stamp(*offer, how.address);
    WEIR_ASSERT(Description::parse(text).has_value());
    WEIR_ASSERT(origin.stamp(*offer, how.address) == text);
    // The same text as an answer to itself fits.
    how.offer = &*description;
    const auto answer = rewrite(*description, how);
    if (answer) WEIR_ASSERT(answer->media.size() == description->media.size());
    return 0;
}
