// SPDX-License-Identifier: Apache-2.0
// RecorderServer: the recorder as a SIP user agent server (spec F.3, F.4, F.9).
//
//   request                     answer
//   INVITE                      200, one m-line each: recvonly with a port, or port 0
//   INVITE in a session         200: hold (inactive), resume, another G.711 law; no new m-lines
//   UPDATE in a session         the same, or 200 without SDP (refresh)
//   BYE                         200 with X-Weir-Recorded per track, when all is on the disk
//   CANCEL                      487 to the INVITE
//   OPTIONS                     200
//   no SDP, or nothing to record 488     body that is no SDP  415     Require: anything  420
//   an unknown dialog           481     other methods        405     no room or ports   503
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/base/limits.hpp"
#include "config/base/log.hpp"
#include "config/base/metrics.hpp"
#include "config/base/random.hpp"
#include "forking/recorder/disk_writer.hpp"
#include "forking/recorder/negotiate.hpp"
#include "forking/recorder/reception.hpp"
#include "signaling/api/event_loop.hpp"
#include "signaling/api/sip_stack.hpp"
#include "signaling/call/dialog.hpp"

namespace weir::forking {

struct RecorderSettings {
    IpAddress rtp_address{};
    std::uint16_t rtp_port_min = 50000;  // even; 0 = the kernel chooses (tests)
    std::uint16_t rtp_port_max = 51998;  // even
    std::string directory{};
    std::size_t max_sessions = kRecorderSessions;
    std::chrono::milliseconds answer_delay{0};  // tests: 100 at once, the answer later
    int refuse = 0;                             // tests: answer each INVITE with this status
    std::string redirect{};                     // tests: with `refuse` 302, its Contact
};

// Thread: sip.
class RecorderServer final : public signaling::SipEvents {
public:
    // Repairs what a crash left in the directory and starts the threads. Errors: io. The stack's
    // events must be set to the server by the caller.
    [[nodiscard]] static Result<std::unique_ptr<RecorderServer>> start(RecorderSettings settings,
                                                                       signaling::SipStack& stack,
                                                                       signaling::EventLoop& loop,
                                                                       Logger& log);
    ~RecorderServer() override;

    // BYE to all sessions; `done` when everything is on the disk, at the latest after
    // kRecorderByeLimit.
    void stop(std::function<void()> done);
    [[nodiscard]] std::size_t session_count() const { return sessions_.size(); }
    [[nodiscard]] std::vector<Metric> metrics() const;

    void on_request(signaling::IncomingRequest request) override;
    void on_cancel(signaling::ServerTxn invite, signaling::IncomingRequest cancel) override;
    void on_ack(signaling::ServerTxn, signaling::IncomingRequest) override {}
    void on_ack_timeout(signaling::ServerTxn invite) override;
    void on_response(signaling::IncomingResponse) override {}
    void on_failure(signaling::ClientTxn, signaling::TxnFailure) override {}

private:
    struct Session {
        signaling::Dialog dialog;
        std::string id{};
        signaling::SipPath path{};
        std::vector<OfferedTrack> offer{};
        std::vector<std::uint16_t> ports{};  // per m-line of the first offer; 0 = refused
        std::uint64_t version = 1;
        signaling::ServerTxn invite{};  // the last INVITE
        signaling::SipMessage invite_message{};
        bool answered = false;  // the first INVITE
        signaling::TimerId answer_timer{};
        bool closing = false;
        signaling::ServerTxn bye{};  // waits for the account; 0 = none
        signaling::SipMessage bye_message{};
        signaling::TimerId bye_timer{};
    };

    RecorderServer(RecorderSettings settings, signaling::SipStack& stack,
                   signaling::EventLoop& loop, Logger& log);

    void on_invite(const signaling::IncomingRequest& request);
    void on_new_invite(const signaling::IncomingRequest& request);
    void on_renegotiation(SessionKey key, const signaling::IncomingRequest& request);
    void on_bye(const signaling::IncomingRequest& request);
    void on_options(const signaling::IncomingRequest& request);
    // 0, or the status with which such an INVITE is refused.
    [[nodiscard]] int refusal_of(const signaling::SipMessage& message) const;
    void refuse(const signaling::IncomingRequest& request, int status);
    void begin(const signaling::IncomingRequest& request, signaling::Dialog dialog,
               std::vector<OfferedTrack> offer);
    [[nodiscard]] SessionRecord record_of(const signaling::IncomingRequest& request,
                                          const Session& session) const;
    void answer(SessionKey key);
    [[nodiscard]] std::string answer_sdp(SessionKey key, const Session& session) const;
    [[nodiscard]] bool apply(SessionKey key, Session& session, std::vector<OfferedTrack> offer,
                             MonoTime at);
    void close(SessionKey key, SessionState state, const std::string& reason);
    void end_by_us(SessionKey key, const std::string& reason);
    void on_closed(SessionKey key, const SessionRecord& record);
    void answer_bye(Session& session, const SessionRecord* record);
    [[nodiscard]] std::map<SessionKey, Session>::iterator find(
        const signaling::SipMessage& request);
    [[nodiscard]] std::map<SessionKey, Session>::iterator find(signaling::ServerTxn invite);
    void run_on_loop(std::function<void()> action);

    RecorderSettings settings_;
    signaling::SipStack& stack_;
    signaling::EventLoop& loop_;
    Logger& log_;
    SystemRandom random_;
    PortRange ports_;
    std::map<SessionKey, Session> sessions_;
    std::map<std::string, SessionKey> by_dialog_;  // Call-ID and our tag
    std::uint64_t last_key_ = 0;
    std::uint64_t refused_ = 0;
    std::uint64_t ended_ = 0;
    std::uint64_t failed_ = 0;  // ended as CLOSED_ERROR
    std::function<void()> stopped_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // posted work checks it
    std::unique_ptr<DiskWriter> disk_;  // destroyed after reception_, which writes to it
    std::unique_ptr<Reception> reception_;
};

}  // namespace weir::forking
