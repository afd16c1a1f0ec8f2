// SPDX-License-Identifier: Apache-2.0
// Writes an offer line by line, reads an answer through the typed view.
#include "signaling/sdp/offer.hpp"

namespace weir::signaling::sdp {
namespace {

void append(std::string& text, const std::string& line) {
    text += line;
    text += "\r\n";
}

void append_stream(std::string& text, const OfferedStream& stream, const IpAddress& address) {
    MediaLine line;
    line.media = stream.media;
    line.port = stream.port;
    line.protocol = "RTP/AVP";
    for (const auto& format : stream.formats)
        line.formats.push_back(std::to_string(format.payload_type));
    if (line.formats.empty()) line.formats.emplace_back("0");  // RFC 4566 9: at least one
    append(text, line.to_string());
    append(text, "c=" + connection_text(address));
    for (const auto& format : stream.formats) {
        const std::string number = std::to_string(format.payload_type);
        if (!format.rtpmap.empty()) append(text, "a=rtpmap:" + number + " " + format.rtpmap);
        if (!format.fmtp.empty()) append(text, "a=fmtp:" + number + " " + format.fmtp);
    }
    if (stream.media == "audio") append(text, "a=ptime:" + std::to_string(stream.ptime_ms));
    append(text, "a=" + std::string(to_string(stream.direction)));
}

}  // namespace

std::string to_text(const Offer& offer) {
    std::string text;
    append(text, "v=0");
    append(text, "o=Weir " + std::to_string(offer.session_id) + " " +
                     std::to_string(offer.version) + " " + connection_text(offer.address));
    append(text, "s=SIP Call");
    append(text, "c=" + connection_text(offer.address));
    append(text, "t=0 0");
    for (const auto& stream : offer.streams)
        append_stream(text, stream, offer.address);
    return text;
}

Result<std::vector<AnsweredStream>> read_answer(std::string_view text, std::size_t streams) {
    const auto description = Description::parse(text);
    if (!description) return fail(description.error());
    if (description->media.size() != streams)
        return fail(ErrorCode::invalid, "the answer has " +
                                            std::to_string(description->media.size()) +
                                            " m-lines, its offer " + std::to_string(streams));
    std::vector<AnsweredStream> answered;
    for (const auto& media : view_all(*description)) {
        AnsweredStream stream;
        stream.accepted = media.is_active();
        stream.rtp = media.rtp;
        stream.rtcp = media.rtcp;
        stream.direction = media.direction;
        stream.formats = media.formats;
        answered.push_back(std::move(stream));
    }
    return answered;
}

}  // namespace weir::signaling::sdp
