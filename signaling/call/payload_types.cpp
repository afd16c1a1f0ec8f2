// SPDX-License-Identifier: Apache-2.0
// Call: payload types that differ between the legs (spec A.10): weir-media is told by which numbers
// the packets of each party go on, and listeners which ones they have when they come.
//
// | number                    | on the leg of the offerer | on the leg of the answerer |
// |---------------------------|---------------------------|----------------------------|
// | of our offer              | as it offered             | known there, or rtp payload-type, or
// the same | | of the answer             | as it offered             | any, with asymmetric payload
// | | of packets of the offerer | as it offered             | as the answerer answered   | | of
// packets of the answerer| as the offerer offered    | of our offer; of its answer, too |
#include <algorithm>

#include "signaling/call/call.hpp"
#include "signaling/call/side.hpp"
#include "signaling/sdp/payload_numbers.hpp"

namespace weir::signaling {
namespace {

std::vector<sdp::Format> formats_of(const sdp::Description& description, std::size_t line) {
    return line < description.media.size() ? sdp::view(description, line).formats
                                           : std::vector<sdp::Format>();
}

// `agreed` with the numbers of `told`, and those of `own` that differ from them.
std::vector<NegotiatedFormat> with_numbers(const std::vector<NegotiatedFormat>& agreed,
                                           const std::vector<sdp::Format>& told,
                                           const std::vector<sdp::Format>& own) {
    std::vector<NegotiatedFormat> made;
    const auto add = [&](const sdp::Format* format) {
        const bool known = format == nullptr ||
                           std::any_of(made.begin(), made.end(), [&](const NegotiatedFormat& one) {
                               return one.payload_type == format->payload_type;
                           });
        if (!known) made.push_back({format->payload_type, format->rtpmap, format->fmtp});
    };
    for (const auto& format : agreed) {
        const sdp::Format wanted{format.payload_type, format.rtpmap, format.fmtp};
        add(sdp::counterpart(told, wanted));
        add(sdp::counterpart(own, wanted));
    }
    return made;
}

}  // namespace

// `side` was told one description and gave another; `far` is the other party's.
void Call::number_packets(Side side, const sdp::Description& told, const sdp::Description& own,
                          const sdp::Description& far) {
    for (std::size_t i = 0; i < far.media.size() && i < media_.stream_of_line.size(); ++i) {
        const auto stream = media_.stream_of_line[i];
        if (!stream || *stream >= media_.count ||
            media_.kinds[*stream] != dataplane::StreamKind::rtp)
            continue;
        set_numbers(*stream, side,
                    sdp::payload_map(formats_of(told, i), formats_of(own, i), formats_of(far, i)));
    }
}

// Both directions. A call whose legs agree pays nothing.
void Call::number_both(const OfferState& offer, const sdp::Description& answer,
                       const sdp::Description& projected) {
    if (!media_.numbers_differ && !sdp::has_numbers(offer.sent) && !sdp::has_numbers(projected))
        return;
    number_packets(offer.offerer, projected, offer.received, answer);
    number_packets(dataplane::other(offer.offerer), offer.sent, answer, offer.received);
}

// What listeners hear of the numbers of the answerer; those of the offerer are the streams' own.
void Call::number_streams(const OfferState& offer, const sdp::Description& answer) {
    if (!media_.numbers_differ) return;
    const Side answerer = dataplane::other(offer.offerer);
    for (NegotiatedStream& stream : streams_) {
        const auto& lines = media_.stream_of_line;
        const auto line = std::find(lines.begin(), lines.end(), std::optional(stream.stream));
        if (line == lines.end()) continue;
        const auto at = static_cast<std::size_t>(line - lines.begin());
        stream.renumbered[index(answerer)] =
            with_numbers(stream.formats, formats_of(offer.sent, at), formats_of(answer, at));
    }
}

// Null: there have been none.
const std::vector<sdp::NumberPair>* Call::numbers(std::uint8_t stream, Side side) const {
    return stream < media_.numbers.size() ? &media_.numbers[stream][index(side)] : nullptr;
}

void Call::set_numbers(std::uint8_t stream, Side side, std::vector<sdp::NumberPair> pairs) {
    const auto* known = numbers(stream, side);
    if (pairs.size() > dataplane::kMaxPayloadPairs) pairs.resize(dataplane::kMaxPayloadPairs);
    if (known == nullptr ? pairs.empty() : *known == pairs) return;
    if (known == nullptr) media_.numbers.resize(stream + std::size_t{1});
    media_.numbers[stream][index(side)] = std::move(pairs);
    media_.numbers_differ = true;
    say_numbers(stream, side);
}

void Call::say_numbers(std::uint8_t stream, Side side) {
    const auto* known = numbers(stream, side);
    const auto pairs = known == nullptr ? std::vector<sdp::NumberPair>() : *known;
    dataplane::SetPayloadTypes command;
    command.session = media_.session;
    command.stream = stream;
    command.side = side;
    command.count = static_cast<std::uint8_t>(pairs.size());
    for (std::size_t i = 0; i < pairs.size(); ++i)
        command.pairs[i] = {pairs[i].from, pairs[i].to};
    act(NumberPayloads{command});
}

// Another candidate of hunting has other numbers.
void Call::forget_numbers() {
    if (!media_.numbers_differ) return;
    for (std::uint8_t i = 0; i < media_.count; ++i)
        for (const Side side : {Side::a, Side::b})
            set_numbers(i, side, {});
    media_.numbers_differ = false;
}

// By m-line: numbers of `from` that the other party knows by others.
std::vector<std::vector<sdp::NumberPair>> Call::known_numbers(Side from) const {
    std::vector<std::vector<sdp::NumberPair>> known;
    for (const auto& stream : media_.stream_of_line) {
        const auto* pairs = stream ? numbers(*stream, from) : nullptr;
        known.push_back(pairs == nullptr ? std::vector<sdp::NumberPair>() : *pairs);
    }
    return known;
}

}  // namespace weir::signaling
