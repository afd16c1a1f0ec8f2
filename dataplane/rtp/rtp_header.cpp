// SPDX-License-Identifier: Apache-2.0
// The rarer parts of the RTP header.
#include "dataplane/rtp/rtp_header.hpp"

namespace weir::dataplane {

RtpView check_rtp_extras(ByteSpan packet, RtpView view) {
    const std::uint8_t first = packet[0];
    std::size_t header = sizeof(RtpWire) + 4U * (first & 0x0FU);
    if ((first & 0x10U) != 0) {
        // RFC 3550 5.3.1: 16 bits of profile, then the length in 32-bit words without this one.
        const auto* words = view_as<Be16>(packet, header + 2);
        if (words == nullptr) {
            view.fault = RtpFault::bad_header;
            return view;
        }
        header += 4U + 4U * words->get();
    }
    if (header > packet.size()) {
        view.fault = RtpFault::bad_header;
        return view;
    }
    std::size_t payload = packet.size() - header;
    if ((first & 0x20U) != 0) {
        // RFC 3550 5.1: the last octet counts the padding, itself included.
        const std::size_t padding = packet.back();
        if (padding == 0 || padding > payload) {
            view.fault = RtpFault::bad_header;
            return view;
        }
        payload -= padding;
    }
    view.payload_offset = static_cast<std::uint16_t>(header);
    view.payload_bytes = static_cast<std::uint16_t>(payload);
    return view;
}

std::uint32_t clock_rate_of(std::uint8_t payload_type) {
    switch (payload_type) {
        case 6:
            return 16000;  // DVI4
        case 10:
        case 11:
            return 44100;  // L16
        case 16:
            return 11025;  // DVI4
        case 17:
            return 22050;  // DVI4
        case 14:           // MPA
        case 25:           // CelB
        case 26:           // JPEG
        case 28:           // nv
        case 31:           // H261
        case 32:           // MPV
        case 33:           // MP2T
        case 34:           // H263
            return 90000;
        default:
            return 8000;
    }
}

}  // namespace weir::dataplane
