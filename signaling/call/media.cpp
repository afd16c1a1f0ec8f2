// SPDX-License-Identifier: Apache-2.0
// Call: its media session: ports, streams by m-line, remote addresses, and what was negotiated.
#include <algorithm>

#include "config/base/limits.hpp"
#include "dialplan/cause.hpp"
#include "signaling/call/call.hpp"
#include "signaling/call/side.hpp"

namespace weir::signaling {
namespace {

dataplane::StreamKind kind_of(sdp::Relay relay) {
    return relay == sdp::Relay::rtp ? dataplane::StreamKind::rtp : dataplane::StreamKind::opaque;
}

}  // namespace

void Call::open_media() {
    state_ = CallState::opening;
    media_ = Media{};
    media_.realms = {setup_.realm, route().realm};
    if (early_offer_) {
        for (std::size_t i = 0; i < offer_->received.media.size(); ++i) {
            const auto& line = offer_->received.media[i].line;
            const auto relay = sdp::relay_of(line);
            if (line.port == 0 || relay == sdp::Relay::none || media_.count == kMaxStreams)
                continue;
            assign_stream(i, kind_of(relay), media_.count);
            ++media_.count;
        }
        if (media_.count == 0) return fail_call(488, dialplan::kCauseBearerNotImplemented);
    } else {
        assign_stream(0, dataplane::StreamKind::rtp, 0);  // nearly every delayed offer is audio
        media_.count = 1;
        if (forces_offer() && !route().codecs.video.empty()) {
            assign_stream(1, dataplane::StreamKind::rtp, 1);
            media_.count = 2;
        }
    }
    if (media_elsewhere()) return go_without_session();
    media_.state = Media::State::opening;
    dataplane::OpenSession open;
    open.guid = setup_.guid;
    open.stream_count = media_.count;
    open.kinds = media_.kinds;
    open.realms = media_.realms;
    open.recordable = setup_.recordable ? 1 : 0;
    // With the ports, so that it costs weir-media no command of its own.
    if (early_offer_) open.remotes = remotes_of(offer_->received);
    for (std::size_t i = 0; i < open.remotes.size(); ++i) {
        media_.remote_rtp[i][index(Side::a)] = open.remotes[i].rtp;
        media_.remote_rtcp[i][index(Side::a)] = open.remotes[i].rtcp;
    }
    act(OpenMedia{open});
    act(StartTimer{CallTimer::media, kMediaGuard});
}

void Call::assign_stream(std::size_t line, dataplane::StreamKind kind, std::uint8_t stream) {
    if (media_.stream_of_line.size() <= line) media_.stream_of_line.resize(line + 1);
    media_.stream_of_line[line] = stream;
    media_.kinds[stream] = kind;
}

void Call::on_leased(const dataplane::Leased& leased) {
    if (on_transfer_media(leased)) return;
    const std::size_t end = leased.first_stream + std::size_t{leased.stream_count};
    if (media_.state == Media::State::none || end > kMaxStreams)
        return act(CloseMedia{leased.session});
    for (std::size_t i = leased.first_stream; i < end; ++i)
        media_.local[i] = leased.streams[i];
    if (media_.state == Media::State::opening) {
        media_.state = Media::State::open;
        media_.session = leased.session;
        act(StopTimer{CallTimer::media});
        if (state_ == CallState::closing) return close_media();
        if (state_ != CallState::opening) return;
        return send_invite();
    }
    if (leased.session != media_.session || media_.state != Media::State::open) return;
    media_.count = static_cast<std::uint8_t>(end);
    if (held_answer_) return answer_delayed_offer(IncomingResponse(*held_answer_));
    if (early_.offered && !early_.offered->is_sent) return pass_early_offer();
    if (!exchange_ || exchange_->phase != Exchange::Phase::adding) return;
    if (exchange_->held) return pass_delayed_offer();
    forward_exchange();
}

void Call::on_media_refused() {
    if (services_.takeover && services_.takeover->phase == Takeover::Phase::leasing)
        return next_transfer_route(503, kCauseResourceUnavailable);
    act(StopTimer{CallTimer::media});
    if (media_.state == Media::State::opening) {
        media_.state = Media::State::none;
        if (state_ == CallState::closing) return on_media_gone();
        if (state_ != CallState::opening) return;
        // Spec B.4: an exhausted pool is 503; another peer would need the same ports.
        const auto wait = std::to_string(std::chrono::seconds(kRetryAfter).count());
        return fail_call(503, kCauseResourceUnavailable, {{"Retry-After", wait}});
    }
    // A stream that cannot be added is refused in the answer; the call goes on without it.
    media_.add_refused = true;
    for (auto& stream : media_.stream_of_line)
        if (stream && *stream >= media_.count) stream.reset();
    if (held_answer_) return answer_delayed_offer(IncomingResponse(*held_answer_));
    if (early_.offered && !early_.offered->is_sent) return pass_early_offer();
    if (!exchange_ || exchange_->phase != Exchange::Phase::adding) return;
    if (exchange_->held) return pass_delayed_offer();
    forward_exchange();
}

void Call::on_media_opened(dataplane::SessionId session) {
    if (services_.takeover && services_.takeover->media &&
        session == services_.takeover->media->session)
        services_.takeover->media->worker_ready = true;
    if (session != media_.session || media_.state != Media::State::open) return;
    media_.worker_ready = true;
    if (!held_answer_) return;
    const IncomingResponse response = *held_answer_;
    if (early_offer_) return answer_early_offer(response);
    answer_delayed_offer(response);
}

void Call::close_media() {
    switch (media_.state) {
        case Media::State::none:
            return on_media_gone();
        case Media::State::opening:
            return;  // its Leased comes, or its guard ends the wait
        case Media::State::open:
            if (media_.elsewhere) return on_media_gone();
            media_.state = Media::State::closing;
            act(CloseMedia{media_.session});
            return act(StartTimer{CallTimer::media, kMediaGuard});
        case Media::State::closing:
            return;
    }
}

// There is no session (any more): the end with the accounts that it left, if any.
void Call::on_media_gone() {
    if (media_.final_state) return on_media_closed(dataplane::SessionState(*media_.final_state));
    dataplane::SessionState nothing;
    nothing.session = media_.session;
    on_media_closed(nothing);
}

// Every command here may be said twice: what weir-media has already, stays as it is.
void Call::on_media_kept() {
    if (media_.state == Media::State::closing) return act(CloseMedia{media_.session});
    if (media_.state != Media::State::open) return;
    for (std::uint8_t i = 0; i < media_.count; ++i)
        for (const Side side : {Side::a, Side::b})
            act(PointMedia{{media_.session, i, side, media_.remote_rtp[i][index(side)],
                            media_.remote_rtcp[i][index(side)]}});
    if (media_.numbers_differ)
        for (std::uint8_t i = 0; i < media_.count; ++i)
            for (const Side side : {Side::a, Side::b})
                if (media_.kinds[i] == dataplane::StreamKind::rtp) say_numbers(i, side);
    // The event may have been lost with the link; a session that is listed is the worker's.
    if (!media_.worker_ready) on_media_opened(media_.session);
}

void Call::on_media_closed(const dataplane::SessionState& state) {
    if (state_ >= CallState::ended || state.session != media_.session) return;
    media_.state = Media::State::none;
    media_.final_state = std::make_unique<dataplane::SessionState>(state);
    // Closed without our asking: weir-media lost the session, and a call without media is none.
    if (state_ != CallState::closing) return release(kCauseTemporaryFailure, {});
    act(StopTimer{CallTimer::media});
    state_ = CallState::ended;
    act(TellEnded{*end_, told_connected_, *media_.final_state});
    act(StartTimer{CallTimer::release, kByeGuard});
    finish_if_done();
}

// Asks for one more stream if an m-line of the offer needs it; true: on_leased goes on.
bool Call::add_missing_stream(const sdp::Description& offer) {
    if (media_.state != Media::State::open) return false;
    for (std::size_t i = 0; i < offer.media.size(); ++i) {
        const auto& line = offer.media[i].line;
        const auto relay = sdp::relay_of(line);
        if (line.port == 0 || relay == sdp::Relay::none || media_.add_refused) continue;
        const auto stream = i < media_.stream_of_line.size() ? media_.stream_of_line[i]
                                                             : std::optional<std::uint8_t>();
        if (stream && media_.kinds[*stream] == kind_of(relay)) continue;
        if (media_.count == kMaxStreams) continue;
        assign_stream(i, kind_of(relay), media_.count);
        if (media_.elsewhere) {
            ++media_.count;
            continue;
        }
        act(AddMedia{{0, media_.session, kind_of(relay)}});
        return true;
    }
    return false;
}

// What stands in our c= toward that party.
IpAddress Call::media_address(Side toward) const {
    if (media_.elsewhere) return leg(toward).dialog->path().local.address;  // in o= alone
    const IpAddress& advertised = leg(toward).advertised ? *leg(toward).advertised
                                  : toward == Side::a    ? setup_.media_address
                                                         : route().media_address;
    return advertised.is_set() ? advertised : media_.local[0].local_rtp[index(toward)].address;
}

Result<sdp::Description> Call::project(const sdp::Description& source, Side to,
                                       const sdp::Description* offer) const {
    const Side from = dataplane::other(to);
    sdp::Rewrite how;
    how.address = media_.elsewhere ? described_address(source, from) : media_address(to);
    for (std::size_t i = 0; i < source.media.size(); ++i) {
        const auto stream = i < media_.stream_of_line.size() ? media_.stream_of_line[i]
                                                             : std::optional<std::uint8_t>();
        const bool usable = stream && *stream < media_.count;
        const std::uint16_t port = !usable ? 0
                                   : media_.elsewhere
                                       ? source.media[i].line.port
                                       : media_.local[*stream].local_rtp[index(to)].port;
        how.ports.push_back(usable ? std::optional(port) : std::nullopt);
    }
    how.audio = {leg(from).codecs, leg(to).codecs};
    how.foreign_hosts = leg(from).hosts;
    how.offer = offer;
    how.verbatim =
        option(from, &config::SipOptions::pass_sdp) || option(to, &config::SipOptions::pass_sdp);
    how.hold_by_address = option(to, &config::SipOptions::call_hold) == config::CallHold::conn_addr;
    using config::AsymmetricPayload;
    // The leg of who answers with other numbers than it was offered.
    const auto numbers = option(from, &config::SipOptions::asymmetric_payload);
    how.numbers.events = numbers == AsymmetricPayload::dtmf || numbers == AsymmetricPayload::full;
    how.numbers.codecs =
        numbers == AsymmetricPayload::dynamic_codecs || numbers == AsymmetricPayload::full;
    if (media_.elsewhere) {
        // Nobody here could rewrite packets: numbers are the affair of the pass that relays.
        how.numbers = {};
        for (auto& policy : how.audio)
            policy.numbers.clear();
    }
    if (offer == nullptr && media_.numbers_differ) how.known = known_numbers(from);
    const bool midcall = state_ == CallState::connected;
    if (!midcall && early_offer_ && !how.verbatim && !media_.elsewhere)
        set_directions(source, to, how);
    if (midcall && exchange_ && midcall_mode() == config::MidcallSignaling::preserve_codec)
        how.audio.push_back(agreed_policy());
    auto made = sdp::rewrite(source, how);
    if (made && media_.elsewhere) keep_addresses(source, *made);
    return made;
}

// A call that begins on hold while a leg blocks mid-call signalling (spec B.6): the callee is asked
// to talk both ways, since a later resume would not reach it.
void Call::set_directions(const sdp::Description& source, Side to, sdp::Rewrite& how) const {
    const auto at = [&](Side side) { return option(side, &config::SipOptions::midcall_signaling); };
    const BlockedHold legs{can_do_midcall(at(Side::a)), can_do_midcall(at(Side::b))};
    if ((legs.offerer_can && legs.answerer_can) || !offer_) return;
    for (std::size_t i = 0; i < source.media.size(); ++i) {
        const auto said = sdp::view(source, i);
        if (to == Side::b) {
            how.directions.emplace_back(sdp::Direction::sendrecv);
            continue;
        }
        const bool known = i < offer_->received.media.size();
        const auto offered =
            known ? sdp::view(offer_->received, i).direction : sdp::Direction::sendrecv;
        how.directions.emplace_back(blocked_answer(offered, said.direction, legs));
    }
}

// midcall-signaling preserve-codec: the codec that the call has, and no other.
sdp::CodecPolicy Call::agreed_policy() const {
    sdp::CodecPolicy policy;
    for (const auto& stream : streams_) {
        if (stream.media != "audio" || stream.formats.empty()) continue;
        const sdp::Format format{0, stream.formats.front().rtpmap, {}};
        sdp::AllowedCodec codec;
        codec.encoding = format.encoding();
        codec.clock_rate = format.clock_rate();
        policy.codecs.push_back(std::move(codec));
    }
    policy.transparent = policy.codecs.empty();
    return policy;
}

// The Warning of our 488 to that party (RFC 3261 20.43).
Header Call::incompatible(Side side, const sdp::Description& refused) const {
    const int code = sdp::warning_of(refused);
    const char* text = code == 304 ? "Media type not available" : "Incompatible media format";
    return {"Warning", std::to_string(code) + " " + uri_host_port(leg(side).dialog->path().local) +
                           " \"" + text + "\""};
}

std::string Call::stamp(const sdp::Description& description, Side to) {
    return leg(to).origin.stamp(description, media_address(to));
}

// Where that party wants the packets of each stream.
std::array<dataplane::Remote, kMaxStreams> Call::remotes_of(
    const sdp::Description& described) const {
    std::array<dataplane::Remote, kMaxStreams> remotes{};
    for (std::size_t i = 0; i < described.media.size() && i < media_.stream_of_line.size(); ++i) {
        const auto stream = media_.stream_of_line[i];
        if (!stream) continue;
        const auto view = sdp::view(described, i);
        remotes[*stream] = {view.rtp, view.rtcp};
    }
    return remotes;
}

// The same by m-line, for another call, which has streams of its own.
std::vector<dataplane::Remote> Call::media_lines(const sdp::Description& described) {
    std::vector<dataplane::Remote> lines;
    for (std::size_t i = 0; i < described.media.size(); ++i) {
        const auto view = sdp::view(described, i);
        lines.push_back({view.rtp, view.rtcp});
    }
    return lines;
}

// Tells weir-media where a party wants its packets; an m-line that is gone wants none.
void Call::point(Side side, const sdp::Description& described) {
    if (media_.state == Media::State::open) point_streams(side, remotes_of(described));
}

void Call::point_lines(Side side, const std::vector<dataplane::Remote>& lines) {
    if (media_.state != Media::State::open) return;
    std::array<dataplane::Remote, kMaxStreams> remotes{};
    for (std::size_t i = 0; i < lines.size() && i < media_.stream_of_line.size(); ++i)
        if (const auto stream = media_.stream_of_line[i]) remotes[*stream] = lines[i];
    point_streams(side, remotes);
}

void Call::point_streams(Side side, const std::array<dataplane::Remote, kMaxStreams>& remotes) {
    for (std::uint8_t i = 0; i < media_.count; ++i) {
        Endpoint& known_rtp = media_.remote_rtp[i][index(side)];
        Endpoint& known_rtcp = media_.remote_rtcp[i][index(side)];
        const auto& [rtp, rtcp] = remotes[i];
        if (known_rtp == rtp && known_rtcp == rtcp) continue;
        known_rtp = rtp;
        known_rtcp = rtcp;
        if (media_.elsewhere) continue;
        act(PointMedia{{media_.session, i, side, rtp, rtcp}});
    }
}

// `answer` as it came from the answerer, `projected` as it went to the offerer.
void Call::set_streams(const OfferState& offer, const sdp::Description& answer,
                       const sdp::Description& projected) {
    const Side answerer = dataplane::other(offer.offerer);
    // Packets may be waiting for an address: their numbers come first.
    number_both(offer, answer, projected);
    point(offer.offerer, offer.received);
    point(answerer, answer);
    mid_.remote[index(offer.offerer)] = offer.received.to_string();
    mid_.remote[index(answerer)] = answer.to_string();
    streams_.clear();
    // A party may have come back with fewer m-lines than it had (against RFC 3264 8).
    const std::size_t lines = std::min({projected.media.size(), media_.stream_of_line.size(),
                                        offer.received.media.size(), answer.media.size()});
    for (std::size_t i = 0; i < lines; ++i) {
        const auto stream = media_.stream_of_line[i];
        if (!stream || *stream >= media_.count) continue;
        const auto offered = sdp::view(offer.received, i);
        const auto answered = sdp::view(answer, i);
        const auto agreed = sdp::view(projected, i);
        NegotiatedStream entry;
        entry.stream = *stream;
        entry.media = agreed.line.media;
        entry.ptime_ms = answered.ptime_ms;
        entry.active = offered.is_active() && agreed.is_active();
        entry.sends[index(offer.offerer)] =
            sdp::sends(offered.direction) && sdp::receives(answered.direction);
        entry.sends[index(answerer)] =
            sdp::sends(answered.direction) && sdp::receives(offered.direction);
        for (const auto& format : agreed.formats)
            entry.formats.push_back({format.payload_type, format.rtpmap, format.fmtp});
        std::stable_partition(entry.formats.begin(), entry.formats.end(), [](const auto& format) {
            return !format.rtpmap.starts_with("telephone-event") &&
                   !format.rtpmap.starts_with("CN/");
        });
        streams_.push_back(std::move(entry));
    }
    number_streams(offer, answer);
    watch_hold();
}

}  // namespace weir::signaling
