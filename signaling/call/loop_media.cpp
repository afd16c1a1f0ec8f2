// SPDX-License-Identifier: Apache-2.0
// Call: the pass of a loop that has no media session of its own; and what it tells the other one.
#include "signaling/call/loop_media.hpp"

#include <algorithm>

#include "signaling/call/call.hpp"

namespace weir::signaling {
namespace {

// The c= that counts for an m-line (RFC 4566 5.7).
std::string connection_of(const sdp::Description& description, std::size_t index) {
    std::string found;
    for (const auto* lines : {&description.session, &description.media[index].lines})
        for (const auto& line : *lines)
            if (line.type() == 'c') found = line.text;
    return found;
}

void set_connection(sdp::MediaSection& section, const std::string& text) {
    auto place = section.lines.begin();
    for (; place != section.lines.end(); ++place) {
        if (place->type() == 'c') {
            place->text = text;
            return;
        }
        if (place->type() != 'm' && place->type() != 'i') break;
    }
    section.lines.insert(place, sdp::Line{text, "\r\n"});
}

}  // namespace

void keep_addresses(const sdp::Description& source, sdp::Description& made) {
    for (std::size_t i = 0; i < made.media.size() && i < source.media.size(); ++i) {
        auto& section = made.media[i];
        if (section.line.port == 0 || sdp::view(made, i).held_by_address) continue;
        // What is held by address in the source says so by its direction now.
        const bool held = sdp::view(source, i).held_by_address;
        const std::string connection = connection_of(source, i);
        if (!held && connection != connection_of(made, i)) set_connection(section, connection);
        for (const auto& line : source.media[i].lines)
            if (line.attribute("rtcp")) section.lines.push_back({line.text, "\r\n"});
    }
}

// The side that faces ourselves, where the other pass of a loop relays the media of both; none: the
// attempt needs a session of its own.
std::optional<Side> Call::media_elsewhere() const {
    if (setup_.recordable || (!early_offer_ && !can_pass_delayed_offer())) return std::nullopt;
    if (route().feeds_back) return Side::b;
    // An offer of ours needs ports.
    if (!early_offer_ && forces_offer()) return std::nullopt;
    if (setup_.first_pass_realm && *setup_.first_pass_realm == route().realm) return Side::a;
    return std::nullopt;
}

// A callee's reliable 18x has an offer, which might have to be answered here: that needs ports. So
// it must not be asked for one; where 100rel is demanded on a leg, the pass has a session.
bool Call::can_pass_delayed_offer() const {
    return !early_.reliable &&
           option(Side::b, &config::SipOptions::rel1xx).mode != config::Rel1xx::Mode::require;
}

// rel1xx toward the callee, as far as this pass can do it.
config::Rel1xx Call::callee_rel1xx() const {
    if (media_.elsewhere && !early_offer_) return {config::Rel1xx::Mode::disable, "", false};
    return option(Side::b, &config::SipOptions::rel1xx);
}

// In the place of a lease; the streams are numbered as in one.
void Call::go_without_session() {
    media_.state = Media::State::open;
    media_.elsewhere = media_elsewhere();
    media_.worker_ready = true;
    if (early_offer_) point(Side::a, offer_->received);
    send_invite();
}

// For m-lines whose own address is not known: one that is held by address keeps what it had.
IpAddress Call::described_address(const sdp::Description& source, Side from) const {
    for (std::size_t i = 0; i < source.media.size(); ++i)
        if (const auto view = sdp::view(source, i); view.rtp.is_set()) return view.rtp.address;
    const Endpoint& known = media_.remote_rtp[0][static_cast<std::size_t>(from)];
    return known.is_set() ? known.address : IpAddress::v4(0, 0, 0, 0);
}

// Who speaks in the place of `side` until the parties have agreed: where the other pass relays, its
// session has to take this one's packets.
void Call::point_through(Side side, const std::vector<dataplane::Remote>& lines) {
    point_lines(side, lines);
    if (!media_.elsewhere || *media_.elsewhere == side || media_.state != Media::State::open)
        return;
    const Leg& loop = leg(*media_.elsewhere);
    if (loop.dialog && loop.state == Leg::State::up)
        act(TellLoop{loop.dialog->remote_tag(), lines});
}

void Call::on_loop_told(const LoopTold& told) {
    if (state_ != CallState::answered && state_ != CallState::connected) return;
    for (const Side side : {Side::a, Side::b})
        if (const auto& dialog = leg(side).dialog; dialog && dialog->local_tag() == told.tag)
            return point_through(side, told.lines);
}

std::optional<FirstPass> Call::first_pass_of(const SipMessage& invite) const {
    const auto sent_by = [&](const std::optional<Dialog>& dialog) {
        const std::string* call_id = invite.find("Call-ID");
        const std::string* from = invite.find("From");
        return dialog && call_id != nullptr && from != nullptr && dialog->call_id() == *call_id &&
               from->find(dialog->local_tag()) != std::string::npos;
    };
    const bool has_session = !media_.elsewhere;
    if (state_ == CallState::inviting && sent_by(leg(Side::b).dialog))
        return FirstPass{
            has_session, media_.realms[0], media_.realms[1], false,
            has_session || early_offer_ ? config::EarlyOffer::off : early_offer_mode()};
    const auto& takeover = services_.takeover;
    if (!takeover || !sent_by(takeover->fresh.dialog)) return std::nullopt;
    const auto side = static_cast<std::size_t>(takeover->side);
    return FirstPass{has_session, media_.realms[1 - side], media_.realms[side], true,
                     config::EarlyOffer::off};
}

}  // namespace weir::signaling
