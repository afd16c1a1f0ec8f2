// SPDX-License-Identifier: Apache-2.0
// The recorder's sessions: begin, renegotiate, close. The requests are sorted in
// recorder_requests.cpp.
#include "forking/recorder/recorder_server.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "config/base/text.hpp"
#include "forking/recorder/sidecar.hpp"

namespace weir::forking {

using signaling::IncomingRequest;
using signaling::SipMessage;

namespace {

std::string header_or_empty(const SipMessage& message, std::string_view name) {
    const std::string* value = message.find(name);
    return value == nullptr ? std::string() : *value;
}

// 20261121T051333Z-7519bf9b: sorts by time, and no second recorder makes the same.
std::string make_session_id(WallTime now, Random& random) {
    std::string id = iso8601(now);
    std::erase(id, '-');
    std::erase(id, ':');
    const std::size_t dot = id.find('.');
    return fmt::format("{}Z-{}", id.substr(0, dot), random.hex(8));
}

}  // namespace

Result<std::unique_ptr<RecorderServer>> RecorderServer::start(RecorderSettings settings,
                                                              signaling::SipStack& stack,
                                                              signaling::EventLoop& loop,
                                                              Logger& log) {
    std::error_code error;
    std::filesystem::create_directories(settings.directory, error);
    if (error)
        return fail(ErrorCode::io, "cannot make the recorder's directory " + settings.directory +
                                       ": " + error.message());
    const auto repaired = repair_directory(settings.directory, loop.clock().wall(), log);
    if (!repaired) return fail(repaired.error());
    if (*repaired > 0) log.warning("recorder.repaired", {{"sessions", *repaired}});
    auto server =
        std::unique_ptr<RecorderServer>(new RecorderServer(std::move(settings), stack, loop, log));
    server->disk_ = std::make_unique<DiskWriter>(server->settings_.directory, log);
    auto reception =
        Reception::start(loop.clock(), *server->disk_, [raw = server.get()](SessionKey key) {
            raw->run_on_loop([raw, key] { raw->end_by_us(key, "no media"); });
        });
    if (!reception) return fail(reception.error());
    server->reception_ = std::move(*reception);
    return server;
}

RecorderServer::RecorderServer(RecorderSettings settings, signaling::SipStack& stack,
                               signaling::EventLoop& loop, Logger& log)
    : settings_(std::move(settings)),
      stack_(stack),
      loop_(loop),
      log_(log),
      ports_(settings_.rtp_address, settings_.rtp_port_min, settings_.rtp_port_max) {}

RecorderServer::~RecorderServer() {
    for (auto& [key, session] : sessions_) {
        loop_.cancel(session.answer_timer);
        loop_.cancel(session.bye_timer);
    }
}

void RecorderServer::run_on_loop(std::function<void()> action) {
    // Called on other threads. What is posted may run after the server is gone: then it does
    // nothing.
    const bool posted =
        loop_.post([alive = std::weak_ptr<bool>(alive_), action = std::move(action)] {
            if (!alive.expired()) action();
        });
    if (!posted) log_.warning("recorder.loop_full");
}

void RecorderServer::begin(const IncomingRequest& request, signaling::Dialog dialog,
                           std::vector<OfferedTrack> offer) {
    std::vector<TrackSetup> tracks;
    std::vector<std::uint16_t> ports;
    for (std::size_t i = 0; i < offer.size(); ++i) {
        ports.push_back(0);
        if (!offer[i].accepted) continue;
        auto sockets = ports_.open();
        if (!sockets) {
            log_.warning("recorder.no_port", {{"error", sockets.error().context}});
            refuse(request, 503);
            return;
        }
        ports.back() = sockets->local.port;
        tracks.push_back(TrackSetup{.media_index = static_cast<std::uint8_t>(i),
                                    .format = offer[i].format,
                                    .paused = offer[i].paused,
                                    .sockets = std::move(*sockets),
                                    .report_to = offer[i].sender_rtcp});
    }
    const SessionKey key{++last_key_};
    Session session{.dialog = std::move(dialog)};
    session.id = make_session_id(loop_.clock().wall(), random_);
    session.path = request.path;
    session.offer = std::move(offer);
    session.ports = std::move(ports);
    session.invite = request.txn;
    session.invite_message = request.message;
    reception_->open(key, record_of(request, session), std::move(tracks));
    by_dialog_[session.dialog.call_id() + "\n" + session.dialog.local_tag()] = key;
    log_.info("recorder.session_begun",
              {{"session", session.id}, {"call_id", session.dialog.call_id()}});
    sessions_.emplace(key, std::move(session));
    if (settings_.answer_delay.count() == 0) {
        answer(key);
        return;
    }
    // The caller must not take us for dead meanwhile (spec N13).
    stack_.respond(request.txn, signaling::make_response(request.message, 100, "", ""));
    sessions_.at(key).answer_timer =
        loop_.after(settings_.answer_delay, [this, key] { answer(key); });
}

SessionRecord RecorderServer::record_of(const IncomingRequest& request,
                                        const Session& session) const {
    SessionRecord record;
    record.id = session.id;
    record.call_id = session.dialog.call_id();
    record.guid = header_or_empty(request.message, "Cisco-Guid");
    record.controller = request.path.remote;
    if (const auto uri = signaling::SipUri::parse(request.message.request_uri); uri)
        record.called = uri->user_unescaped();
    for (const std::string_view value : request.message.all("X-Cisco-Recording-Participant")) {
        if (record.participants.size() >= 2 * kRecorderTracks) break;
        record.participants.push_back(read_participant(value));
    }
    record.started = loop_.clock().wall();
    return record;
}

std::string RecorderServer::answer_sdp(SessionKey key, const Session& session) const {
    return write_answer(session.offer, AnswerSettings{.session_id = key.value(),
                                                      .version = session.version,
                                                      .address = settings_.rtp_address,
                                                      .ports = session.ports});
}

void RecorderServer::answer(SessionKey key) {
    const auto found = sessions_.find(key);
    if (found == sessions_.end() || found->second.closing) return;
    Session& session = found->second;
    session.answer_timer = {};
    session.answered = true;
    stack_.respond(session.invite,
                   session.dialog.response(session.invite_message, 200, answer_sdp(key, session)));
}

bool RecorderServer::apply(SessionKey key, Session& session, std::vector<OfferedTrack> offer,
                           MonoTime at) {
    // An m-line that we did not accept at first has no files: it stays refused (RFC 3264 8).
    for (std::size_t i = 0; i < offer.size(); ++i) {
        const bool recorded = i < session.ports.size() && session.ports[i] != 0;
        const auto index = static_cast<std::uint8_t>(i);
        if (!recorded) {
            offer[i].accepted = false;
            continue;
        }
        const OfferedTrack& before = session.offer.at(i);
        // A line with port 0 is as good as on hold: the party has left.
        const bool paused = offer[i].paused || !offer[i].accepted;
        const bool was_paused = before.paused || !before.accepted;
        if (paused != was_paused && !reception_->set_paused(key, index, paused, at)) return false;
        if (offer[i].accepted && offer[i].format != before.format &&
            !reception_->set_format(key, index, offer[i].format))
            return false;
    }
    session.offer = std::move(offer);
    session.ports.resize(std::max(session.ports.size(), session.offer.size()), 0);
    ++session.version;
    return true;
}

void RecorderServer::close(SessionKey key, SessionState state, const std::string& reason) {
    Session& session = sessions_.at(key);
    if (session.closing) return;
    session.closing = true;
    loop_.cancel(session.answer_timer);
    session.bye_timer = loop_.after(kRecorderByeLimit, [this, key] {
        const auto found = sessions_.find(key);
        if (found == sessions_.end()) return;
        // The disk is slow: the caller gets its answer, without an account that we cannot give yet.
        log_.warning("recorder.slow_disk", {{"session", found->second.id}});
        answer_bye(found->second, nullptr);
    });
    reception_->close(key, state, reason, [this, key](const SessionRecord& record) {
        run_on_loop([this, key, record] { on_closed(key, record); });
    });
}

void RecorderServer::end_by_us(SessionKey key, const std::string& reason) {
    const auto found = sessions_.find(key);
    if (found == sessions_.end() || found->second.closing) return;
    Session& session = found->second;
    if (!session.answered) {
        stack_.respond(session.invite, session.dialog.response(session.invite_message, 480));
    } else {
        SipMessage bye = session.dialog.request("BYE");
        bye.add("Reason", "Q.850;cause=41");
        if (auto sent = stack_.send({.message = std::move(bye), .path = session.dialog.path()});
            !sent)
            log_.warning("recorder.bye_failed", {{"error", sent.error().context}});
    }
    log_.warning("recorder.session_abandoned", {{"session", session.id}, {"reason", reason}});
    close(key, SessionState::closed_error, reason);
}

void RecorderServer::on_closed(SessionKey key, const SessionRecord& record) {
    ++ended_;
    if (record.state == SessionState::closed_error) ++failed_;
    std::uint64_t packets = 0;
    std::uint64_t lost = 0;
    for (const TrackRecord& track : record.tracks) {
        packets += track.account.recorded_packets();
        lost += track.account.lost;
    }
    log_.info("recorder.session_ended", {{"session", record.id},
                                         {"call_id", record.call_id},
                                         {"state", to_string(record.state)},
                                         {"packets", packets},
                                         {"lost", lost}});
    if (const auto found = sessions_.find(key); found != sessions_.end()) {
        answer_bye(found->second, &record);
        loop_.cancel(found->second.bye_timer);
        by_dialog_.erase(found->second.dialog.call_id() + "\n" + found->second.dialog.local_tag());
        sessions_.erase(found);
    }
    if (stopped_ && sessions_.empty()) std::exchange(stopped_, nullptr)();
}

void RecorderServer::answer_bye(Session& session, const SessionRecord* record) {
    if (session.bye.value() == 0) return;
    SipMessage response = session.dialog.response(session.bye_message, 200);
    if (record != nullptr) {
        for (const TrackRecord& track : record->tracks) {
            response.add("X-Weir-Recorded",
                         fmt::format("{};packets={};octets={};lost={};first-seq={};last-seq={};"
                                     "duplicates={}",
                                     track.media_index, track.account.recorded_packets(),
                                     track.recorded_octets(), track.account.lost,
                                     track.account.first_sequence, track.account.last_sequence,
                                     track.account.duplicates));
        }
    }
    stack_.respond(session.bye, response);
    session.bye = {};
}

void RecorderServer::stop(std::function<void()> done) {
    if (sessions_.empty()) {
        done();
        return;
    }
    stopped_ = std::move(done);
    std::vector<SessionKey> keys;
    for (const auto& [key, session] : sessions_)
        keys.push_back(key);
    for (const SessionKey key : keys)
        end_by_us(key, "the recorder was stopped");
    loop_.after(kRecorderByeLimit, [alive = std::weak_ptr<bool>(alive_), this] {
        if (!alive.expired() && stopped_) std::exchange(stopped_, nullptr)();
    });
}

std::vector<Metric> RecorderServer::metrics() const {
    const ReceptionTotals& totals = reception_->totals();
    const auto counter = [](const char* name, const char* help, std::uint64_t value) {
        return Metric{name, help, MetricKind::counter, static_cast<double>(value), {}};
    };
    return {
        {"weir_recorder_sessions",
         "sessions in progress",
         MetricKind::gauge,
         static_cast<double>(sessions_.size()),
         {}},
        counter("weir_recorder_sessions_ended_total", "sessions ended", ended_),
        counter("weir_recorder_sessions_failed_total", "sessions ended as CLOSED_ERROR", failed_),
        counter("weir_recorder_invites_refused_total", "INVITEs refused", refused_),
        counter("weir_recorder_packets_total", "RTP packets received", totals.packets),
        counter("weir_recorder_packets_rejected_total", "datagrams that were no RTP",
                totals.rejected),
        counter("weir_recorder_packets_lost_total", "sequence numbers that never came",
                totals.lost),
        counter("weir_recorder_packets_duplicate_total", "copies", totals.duplicates),
        counter("weir_recorder_socket_overflow_packets_total", "dropped by our sockets",
                totals.overflow),
        counter("weir_recorder_unwritten_packets_total", "the disk was too slow for",
                totals.unwritten),
        {"weir_recorder_disk_queue_bytes",
         "waiting for the disk",
         MetricKind::gauge,
         static_cast<double>(disk_->queued_bytes()),
         {}},
    };
}

}  // namespace weir::forking
