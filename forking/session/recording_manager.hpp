// SPDX-License-Identifier: Apache-2.0
// RecordingManager: carries out what recording sessions decide: SIP calls to recorders, forks,
// timers.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "config/base/log.hpp"
#include "config/base/metrics.hpp"
#include "config/base/random.hpp"
#include "dataplane/api/media_plane.hpp"
#include "forking/ledger/book.hpp"
#include "forking/session/recording_session.hpp"
#include "signaling/api/event_loop.hpp"
#include "signaling/api/sip_stack.hpp"
#include "signaling/call/routing.hpp"
#include "signaling/call/sip_router.hpp"

namespace weir::forking {

// What the manager works with; all outlive it.
struct RecordingParts {
    signaling::EventLoop& loop;
    signaling::SipStack& stack;
    dataplane::MediaPlane& media;
    LedgerBook& ledger;
    Random& random;
    Logger& log;
};

// The call's record waits for its recording: CdrLog::hold and release.
struct RecordHooks {
    std::function<bool(signaling::CallId)> hold;
    std::function<void(signaling::CallId, std::vector<signaling::RecordingSummary>)> release;
};

// Thread: sip. Add it to the call table (listener), the media plane (listener) and the SIP router
// (user). Bound: kMaxRecordings; a call beyond is not recorded, which is logged and counted.
class RecordingManager final : public signaling::CallListener,
                               public dataplane::MediaEvents,
                               public signaling::SipUser {
public:
    RecordingManager(RecordingParts parts, signaling::NetworkKnowledge network, RecordHooks record);
    ~RecordingManager() override;
    RecordingManager(const RecordingManager&) = delete;
    RecordingManager& operator=(const RecordingManager&) = delete;

    // Recordings that are not settled: a node that stops waits for them.
    [[nodiscard]] std::size_t size() const { return entries_.size() - lingering_.size(); }
    [[nodiscard]] std::vector<Metric> metrics() const;

    // CallListener
    [[nodiscard]] bool wants_media(const config::Config& config, config::DialPeerTag inbound,
                                   config::DialPeerTag outbound) const override;
    void on_call_connected(const signaling::CallView& call) override;
    void on_call_media_changed(const signaling::CallView& call, MonoTime since) override;
    void on_call_releasing(const signaling::CallView&, const signaling::CallEnd&) override {}
    void on_call_ended(const signaling::CallView& call, const signaling::CallEnd& end,
                       const dataplane::SessionState& accounts) override;
    // MediaEvents
    void on_media_event(const dataplane::Event& event) override;
    // SipUser
    [[nodiscard]] bool owns_dialog(const signaling::SipMessage& request) const override;
    [[nodiscard]] bool claim_request(const signaling::IncomingRequest& request) override;
    [[nodiscard]] bool claim_response(const signaling::IncomingResponse& response) override;
    [[nodiscard]] bool claim_failure(signaling::ClientTxn txn,
                                     signaling::TxnFailure failure) override;
    [[nodiscard]] bool claim_ack(signaling::ServerTxn invite,
                                 const signaling::IncomingRequest& ack) override;
    [[nodiscard]] bool claim_ack_timeout(signaling::ServerTxn invite) override;
    [[nodiscard]] bool claim_cancel(signaling::ServerTxn invite,
                                    const signaling::IncomingRequest& cancel) override;

private:
    struct Entry {
        std::unique_ptr<RecordingSession> session;
        std::array<signaling::TimerId, static_cast<std::size_t>(SessionTimer::count_)> timers{};
        std::map<Token, signaling::ClientTxn> clients;
        std::vector<std::string> tags;      // of its dialogs
        config::DialPeerTag recorder;       // being tried, or taken
        std::deque<SessionAction> actions;  // while one is being carried out
        bool carrying = false;
        bool lingering = false;  // over, but another 2xx of an INVITE may come
    };
    struct Client {
        signaling::CallId call;
        Token token = 0;
        bool is_invite = false;
        bool answered = false;  // a final response came; only an INVITE's 2xx can be repeated
    };
    struct Lease {
        signaling::CallId call;
        std::size_t track = 0;
    };
    struct Executor;
    struct MediaVisitor;

    [[nodiscard]] Entry* find(signaling::CallId call);
    void carry_out(signaling::CallId call, SessionActions actions);
    void forget_if_over(signaling::CallId call);
    void forget(signaling::CallId call, Entry& entry);
    [[nodiscard]] std::optional<IpAddress> address_of(const RecorderTarget& target) const;
    void prepare(signaling::CallId call, Entry& entry, const RecorderTarget& target);
    // The SIP profile of the recorder's peer, on the INVITE that begins a recording (spec F.5).
    static void apply_profile(const Entry& entry, signaling::SipMessage& request);
    void submit(signaling::CallId call, const SubmitMedia& action);
    void begin(const signaling::CallView& call, RecordingPlan plan, signaling::CallId key,
               std::uint32_t part);
    void go_on(const signaling::CallView& call, MonoTime since);
    // The recorders of the plan whose names nobody has resolved yet, if the first is among them.
    [[nodiscard]] std::vector<signaling::HopQuery> unknown_of(const RecordingPlan& plan) const;
    void begin_waiting(signaling::CallId call);
    [[nodiscard]] signaling::CallId key_of(signaling::CallId call) const;
    [[nodiscard]] Entry* current(signaling::CallId call);
    void finish(Entry& entry);
    void poll();
    [[nodiscard]] std::vector<SessionTrack> tracks_of(const signaling::CallView& call,
                                                      const RecordingPlan& plan) const;

    RecordingParts parts_;
    signaling::NetworkKnowledge network_;
    RecordHooks record_;
    std::map<signaling::CallId, Entry> entries_;
    // Calls whose recorder's name is not resolved yet: their recording begins when it is, when the
    // patience is over, or with the next thing that happens to the call.
    struct Waiting {
        signaling::CallView call;
        RecordingPlan plan;
        MonoTime since;
    };
    std::map<signaling::CallId, Waiting> waiting_;
    // Of calls that have moved to another media session: the entry that goes on.
    std::map<signaling::CallId, signaling::CallId> further_;
    std::uint64_t last_part_ = 0;
    std::map<signaling::ClientTxn, Client> clients_;
    std::map<dataplane::RequestTag, Lease> leases_;
    std::map<dataplane::RequestTag, signaling::CallId> reads_;
    std::map<dataplane::ForkId, signaling::CallId> forks_;
    std::map<std::string, signaling::CallId> tags_;
    std::map<signaling::ServerTxn, signaling::CallId> server_invites_;  // the recorders' re-INVITEs
    std::set<signaling::CallId> lingering_;                       // the oldest first: ids ascend
    std::map<dataplane::SessionId, signaling::CallId> unlisted_;  // not yet listed since PlaneUp
    std::uint64_t media_incarnation_ = 0;
    signaling::TimerId poll_timer_;
    signaling::CallId poll_after_;  // the next poll begins behind this call
    std::uint64_t begun_ = 0;
    std::uint64_t attempts_ = 0;
    std::uint64_t recorder_failures_ = 0;
    std::uint64_t refused_ = 0;  // beyond kMaxRecordings
};

}  // namespace weir::forking
