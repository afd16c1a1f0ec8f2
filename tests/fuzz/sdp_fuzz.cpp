// SPDX-License-Identifier: Apache-2.0
// Fuzzes the SDP editor: what is accepted is printed as it was; what is rewritten, answered or
// limited can be read again, keeps every m-line in its place, and names no address of the other
// side.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "config/base/limits.hpp"
#include "config/base/result.hpp"
#include "signaling/sdp/foreign.hpp"
#include "signaling/sdp/local_answer.hpp"
#include "signaling/sdp/offer.hpp"
#include "signaling/sdp/rewrite.hpp"

namespace {

using namespace weir::signaling::sdp;

const std::string kForeignHost = "pbx.example.net";
constexpr std::uint16_t kFirstPort = 16384;

Rewrite plain() {
    Rewrite how;
    how.address = weir::IpAddress::v4(198, 51, 100, 1);
    for (std::uint16_t port = kFirstPort; port < kFirstPort + 8; port += 2)
        how.ports.emplace_back(port);
    CodecPolicy policy;
    policy.codecs = {{"PCMU", 8000}, {"PCMA", 8000}, {"G729", 8000}};
    how.audio = {policy, CodecPolicy{.transparent = true, .codecs = {}}};
    how.foreign_hosts = {kForeignHost};
    return how;
}

Rewrite verbatim() {
    Rewrite how = plain();
    how.verbatim = true;
    return how;
}

Rewrite holding() {
    Rewrite how = plain();
    how.hold_by_address = true;
    how.directions = {Direction::sendonly, Direction::inactive, Direction::sendrecv};
    how.known = {{{0, 96}, {101, 0}}, {{8, 127}}};
    return how;
}

// o= and c= are ours; an m-line keeps its own words, a format its parameters, which may look like
// anything. No other line tells where the other side is.
void check_hidden(const std::vector<Line>& lines) {
    for (const auto& line : lines) {
        if (line.type() == 'o' || line.type() == 'c' || line.type() == 'm') continue;
        if (line.attribute("rtpmap") || line.attribute("fmtp"))
            WEIR_ASSERT(!holds_name(line.text, {kForeignHost}));
        else
            WEIR_ASSERT(!holds_address(line.value(), {kForeignHost}));
    }
}

void check_rewritten(const Description& source, const Description& made, const Rewrite& how) {
    WEIR_ASSERT(made.media.size() == source.media.size());
    check_hidden(made.session);
    for (std::size_t i = 0; i < made.media.size(); ++i) {
        check_hidden(made.media[i].lines);
        WEIR_ASSERT(made.media[i].line.media == source.media[i].line.media);
        const MediaView view = weir::signaling::sdp::view(made, i);
        if (!view.is_active()) continue;
        WEIR_ASSERT(i < how.ports.size() && view.line.port == how.ports[i]);
        WEIR_ASSERT(view.held_by_address || view.rtp.address == how.address);
    }
    LocalOrigin origin(7, 1);
    const std::string text = origin.stamp(made, how.address);
    WEIR_ASSERT(origin.stamp(made, how.address) == text);
    WEIR_ASSERT(origin.again(how.address) == text);
    // A few bytes for each m-line may push a text over the bound, nothing else makes it unreadable.
    const auto again = Description::parse(text);
    WEIR_ASSERT(again || text.size() > weir::kSdpMaxBytes);
}

void try_rewrite(const Description& source, Rewrite how) {
    const auto offer = rewrite(source, how);
    if (!offer) return;
    check_rewritten(source, *offer, how);
    // The same text as an answer to itself fits, and one of the parties may answer in our place.
    how.offer = &*offer;
    if (const auto answer = rewrite(source, how)) check_rewritten(source, *answer, how);
    if (const auto answer = answer_locally(source, *offer)) {
        WEIR_ASSERT(answer->media.size() == source.media.size());
        WEIR_ASSERT(Description::parse(answer->to_string()));
    }
    const Description accepted = accept_offer(source, &*offer);
    WEIR_ASSERT(accepted.media.size() == source.media.size());
    WEIR_ASSERT(same_media(accepted, accepted));
    const Description limited = limit_offer(source, &*offer);
    WEIR_ASSERT(limited.media.size() == source.media.size());
    WEIR_ASSERT(limit_offer(limited, &*offer) == limited);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string input(data, data + size);
    const auto description = Description::parse(input);
    const auto answer = read_answer(input, 2);
    WEIR_ASSERT(!answer || (description && answer->size() == 2));
    if (!description) return 0;
    WEIR_ASSERT(description->to_string() == input);
    WEIR_ASSERT(same_media(*description, *description));
    static_cast<void>(accept_offer(*description, nullptr));
    for (const Rewrite& how : {plain(), verbatim(), holding()})
        try_rewrite(*description, how);
    return 0;
}
