// SPDX-License-Identifier: Apache-2.0
// StreamInbox; see stream_inbox.hpp.
#include "signaling/tls/stream_inbox.hpp"

#include "signaling/sip/stream_framer.hpp"

namespace weir::signaling {

void StreamInbox::append(std::string_view bytes) {
    bytes_.erase(0, read_);
    read_ = 0;
    bytes_ += bytes;
}

std::optional<StreamInbox::Piece> StreamInbox::next() {
    const std::string_view rest = std::string_view(bytes_).substr(read_);
    if (rest.empty() || rest.size() < wanted_) return std::nullopt;
    const Frame frame = frame_message(rest);
    const Piece piece{.message = rest.substr(frame.skip, frame.message),
                      .is_ping = frame.skip >= 4,
                      .fault = frame.fault};
    if (frame.fault) {
        read_ = bytes_.size();
        return piece;
    }
    wanted_ = frame.wanted > frame.skip ? frame.wanted - frame.skip : 0;
    read_ += frame.skip + frame.message;
    if (piece.message.empty() && !piece.is_ping) return std::nullopt;
    return piece;
}

}  // namespace weir::signaling
