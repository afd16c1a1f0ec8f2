// SPDX-License-Identifier: Apache-2.0
// CallTable: owns the calls; brings events to their machines and carries out their actions.
//
// Thread: sip. What a machine asks for goes to the SIP stack, the media plane and the loop's
// timers; what they answer comes back as inputs. Routing, trust and codecs are asked of dialplan
// and signaling/edge.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "config/base/log.hpp"
#include "config/base/metrics.hpp"
#include "config/base/random.hpp"
#include "dataplane/api/media_plane.hpp"
#include "dialplan/dial_plan.hpp"
#include "signaling/api/call_events.hpp"
#include "signaling/api/event_loop.hpp"
#include "signaling/api/sip_stack.hpp"
#include "signaling/call/call.hpp"
#include "signaling/call/call_snapshot.hpp"
#include "signaling/call/call_tape.hpp"
#include "signaling/call/header_edge.hpp"
#include "signaling/call/ids.hpp"
#include "signaling/call/pass_table.hpp"
#include "signaling/call/peer_stats.hpp"
#include "signaling/call/prack_alarm.hpp"
#include "signaling/call/reliable.hpp"
#include "signaling/call/routing.hpp"
#include "signaling/call/show_emergency.hpp"
#include "signaling/cdr/cdr_log.hpp"
#include "signaling/edge/address_health.hpp"
#include "signaling/edge/admission.hpp"
#include "signaling/edge/bandwidth.hpp"
#include "signaling/edge/binding_table.hpp"
#include "signaling/edge/call_gate.hpp"
#include "signaling/edge/connections.hpp"
#include "signaling/edge/digest_server.hpp"
#include "signaling/edge/shared_limits.hpp"
#include "signaling/edge/trusted_sources.hpp"

namespace weir::signaling {

// What the table works with; all outlive it.
struct CallTableParts {
    EventLoop& loop;
    SipStack& stack;
    dataplane::MediaPlane& media;
    CdrLog& cdr;
    Random& random;
    Logger& log;
};

// The stack's listener is a SipRouter in front of the table, or the table itself; the table is a
// listener of the media plane. Both are connected by the assembly.
class CallTable final : public SipEvents, public dataplane::MediaEvents {
public:
    CallTable(CallTableParts parts, NetworkKnowledge network, ShardId shard = 0);
    CallTable(const CallTable&) = delete;
    CallTable& operator=(const CallTable&) = delete;
    ~CallTable() override;

    // For calls that come from now on; those in progress keep theirs. Until the first one INVITEs
    // get 503.
    // `commit` is the number of the configuration in the store, for the records of its calls.
    void set_config(std::shared_ptr<const dialplan::DialPlan> plan, std::uint64_t commit = 0);
    // Told of every decision of routing, until another (or nullptr) takes its place.
    void set_route_observer(RouteObserver observer) { route_observer_ = std::move(observer); }
    // Hears what goes into the machines and comes out; outlives the table. Null: nobody.
    void set_tape(CallTape* tape) { tape_ = tape; }
    [[nodiscard]] CallTape* tape() const { return tape_; }
    // What keepalive has taken out of service: routing passes it over, the trusted list drops it.
    void set_busyout(const dialplan::Busyout& busyout);
    // The addresses that keepalive finds busy: of a name with others they come last.
    void set_busy_addresses(std::set<AddressHealth::Address> busy) {
        names_.health.set_busy(std::move(busy));
    }
    // Whether a registrar at that address takes no REGISTERs while another one stands in for it:
    // calls go to that one first. Outlives the table, or is taken away with null.
    void set_left_registrars(std::function<bool(const IpAddress&)> left) {
        edge_.left_registrars = std::move(left);
    }
    // Endpoints behind us that have registered: their calls are taken, their registrar's calls go
    // to them. Outlives the table; null: there are none.
    void set_bindings(const BindingTable* bindings) { edge_.bindings = bindings; }
    // The inbound dial-peer of a request, by its addresses.
    [[nodiscard]] config::DialPeerTag peer_of(const IncomingRequest& request) const;
    // Limits on new calls, for their load and for `show`.
    [[nodiscard]] CallGate& gate() { return edge_.gate; }
    [[nodiscard]] const CallGate& gate() const { return edge_.gate; }
    [[nodiscard]] const SharedLimits& shared_limits() const { return edge_.shared; }
    [[nodiscard]] EmergencyPicture emergency() const;
    // Told of every call, in the order of adding; outlives the table's last event.
    void add_listener(CallListener& listener) { listeners_.push_back(&listener); }
    // Ends every call with a BYE, a CANCEL or 503; their ends come as events.
    void release_all(std::uint8_t q850_cause);
    // Calls being released end without the answers to their BYEs: peers that are gone give none.
    void give_up_byes();

    [[nodiscard]] std::vector<CallSnapshot> calls() const;
    // The same of some, so that one answer never keeps the thread for long.
    [[nodiscard]] ChosenCalls some_calls(const CallChoice& choice) const;
    // Null: there is none. Until the next event.
    [[nodiscard]] const Call* find_call(CallId id) const;
    // Ends them with that cause, both legs (spec H.12); gives how many.
    std::size_t release_calls(const CallChoice& choice, std::uint8_t q850_cause);
    // Of calls that have ended, by dial-peer.
    [[nodiscard]] PeerStats& peer_stats() { return peer_stats_; }
    [[nodiscard]] const PeerStats& peer_stats() const { return peer_stats_; }
    // Calls of each dial-peer now, against max-conn.
    [[nodiscard]] const ConnectionCounts& connections() const { return connections_; }
    [[nodiscard]] std::size_t size() const { return calls_.size(); }
    [[nodiscard]] const std::vector<OrphanSession>& orphans() const { return orphans_; }
    // 100rel of all calls since the start, for show sip-ua statistics.
    [[nodiscard]] const Reliable1xxStats& reliable_stats() const { return reliable_; }
    [[nodiscard]] std::vector<Metric> metrics() const;

    // SipEvents
    [[nodiscard]] bool admits(const SipMessage* request, const SipPath& path) override;
    [[nodiscard]] std::optional<SipMessage> refuses(const SipMessage& request,
                                                    const SipPath& path) override;
    void on_request(IncomingRequest request) override;
    void on_cancel(ServerTxn invite, IncomingRequest cancel) override;
    void on_ack(ServerTxn invite, IncomingRequest ack) override;
    void on_ack_timeout(ServerTxn invite) override;
    void on_response(IncomingResponse response) override;
    void on_failure(ClientTxn txn, TxnFailure failure) override;
    void leaving(ClientTxn invite, SipMessage& request) override;
    // MediaEvents
    void on_media_event(const dataplane::Event& event) override;

private:
    // BYEs and their 200s that wait for the counters of the media (spec E.10).
    struct StatWait {
        std::vector<CallAction> held;
        dataplane::RequestTag tag = 0;
        TimerId timer{};
        bool done = false;
    };
    struct Entry {
        std::unique_ptr<Call> call;
        // While a step is being carried out. Not a deque, of which an empty one takes 4 KB.
        std::list<CallInput> inputs;
        bool stepping = false;
        bool counts_inbound = false;  // max-conn of the inbound peer is held
        std::array<TimerId, static_cast<std::size_t>(CallTimer::count_)> timers{};
        std::map<Token, ClientTxn> clients;
        std::shared_ptr<const dialplan::DialPlan> plan;  // the one it was routed by
        std::set<ServerTxn> invites;                // unfinished server transactions of INVITEs
        std::string merge_key;                      // of the caller's INVITE (RFC 3261 8.2.2.2)
        std::array<std::uint32_t, 2> kbps{};        // [Side] taken of max-bandwidth
        config::DialPeerTag outbound;               // whose max-conn and bandwidth side b holds
        std::array<SharedLimits::Place, 2> places;  // [Side] at interfaces and tenants
        HeaderEdge headers;                         // SIP profiles, and what they keep
        StatWait stats;                             // P-RTP-Stat
    };
    struct ClientOwner {
        CallId call;
        Token token = 0;
        bool is_invite = false;
        bool is_later_invite = false;  // a re-INVITE
    };
    struct Counters {
        std::uint64_t invites = 0;
        std::uint64_t connected = 0;
        std::uint64_t failed = 0;
        std::uint64_t refused = 0;   // before there was a call
        std::uint64_t overload = 0;  // of them by kMaxCalls or an absent weir-media
        std::uint64_t unmatched = 0;
        std::uint64_t media_lost = 0;
        std::uint64_t laws_broken = 0;
        std::uint64_t send_errors = 0;
        std::uint64_t profiles_refused = 0;  // spec D.2: over the limits
    };
    struct Executor;
    struct MediaVisitor;

    // call_table_names.cpp: calls that wait for names, addresses that are out of service
    struct NameWaiter {
        IncomingRequest request;
        NameWait wait;
        MonoTime began;
        [[nodiscard]] NameWait ended(bool known) const { return {wait.names, wait.time, known}; }
    };
    [[nodiscard]] bool wait_for_names(const IncomingRequest& request,
                                      const std::vector<HopQuery>& unknown,
                                      const NameWaiter* before);
    void names_are_known(ServerTxn invite);
    [[nodiscard]] bool cancel_waiting(ServerTxn invite);
    void refuse_waiting();
    void watch_address(ClientTxn txn, const CallSetup& setup, const SipPath& path);
    void address_answered(ClientTxn txn, const SipMessage& response);
    void address_silent(ClientTxn txn);
    void add_name_metrics(std::vector<Metric>& metrics) const;
    // call_table_requests.cpp: what arrives; `waited`: it has come before, and waited for names
    void start_call(IncomingRequest request, const NameWaiter* waited = nullptr);
    [[nodiscard]] bool is_overloaded(const IncomingRequest& request);
    void on_in_dialog(IncomingRequest request);
    void answer_options(const IncomingRequest& request);
    void refuse(const IncomingRequest& request, int status, int cause,
                const std::vector<Header>& headers = {});
    [[nodiscard]] bool admit_request(const IncomingRequest& request);
    // call_table_loop.cpp: calls that come back to us
    [[nodiscard]] std::optional<FirstPass> first_pass_of(const SipMessage& invite);
    void join_first_pass(const std::optional<FirstPass>& first, CallSetup& setup) const;
    void tell_loop(TellLoop told);
    // call_table_bound.cpp: endpoints behind us
    [[nodiscard]] bool is_bound(const SipPath& path) const;
    [[nodiscard]] std::optional<const Binding*> bound_target(const IncomingRequest& invite) const;
    // call_table_shared.cpp: limits that dial-peers share
    struct SharedLeg {
        Side side = Side::a;
        const config::DialPeer& peer;
        IpAddress local;  // of its signalling
        std::uint32_t kbps = 0;
        bool exempt = false;  // an emergency call
    };
    [[nodiscard]] std::optional<GateRefusal> take_shared(Entry& entry, const SharedLeg& leg);
    void release_shared(Entry& entry, Side side);
    void measure_shared(Entry& entry, Side side, std::uint32_t kbps);
    [[nodiscard]] bool shared_fits(const Entry& entry, Side side, std::uint32_t kbps) const;
    void show_interface(const std::string& interface);
    // call_table_edge.cpp: limits on calls
    [[nodiscard]] bool is_emergency(const SipMessage& invite);
    [[nodiscard]] bool is_exempt(const CallSetup& setup, config::DialPeerTag outbound) const;
    [[nodiscard]] SipMessage refusal_of(const SipMessage& request, const GateRefusal& refusal);
    [[nodiscard]] std::optional<Refusal> take_inbound(Entry& entry, const CallSetup& setup,
                                                      const config::DialPeer& peer);
    [[nodiscard]] std::optional<PeerFull> take_outbound(Entry& entry, const config::DialPeer& peer);
    void release_outbound(Entry& entry, config::DialPeerTag peer);
    void release_inbound(Entry& entry);
    void give_back_inbound(Entry& entry, config::DialPeerTag peer);
    void measure(Entry& entry);
    // The dial-peer that lacks it, or null.
    [[nodiscard]] const config::DialPeer* lacks_bandwidth(const Entry& entry,
                                                          const SipMessage& request) const;
    void refuse_bandwidth(const IncomingRequest& request, const config::DialPeer& peer);
    void configure_edge();
    // call_table_show.cpp: operators
    [[nodiscard]] static CallSnapshot snapshot_of(const Call& call);
    // call_table.cpp: the calls
    void begin(CallId id, Entry& entry);
    void step_done(CallId id, Entry& entry, Moment now, std::vector<CallAction> actions);
    void feed(CallId call, CallInput input);
    void carry_out(CallId id, Entry& entry, std::vector<CallAction> actions);
    void drain(CallId id, Entry& entry);
    void tell_connected(const Call& call);
    void tell_ended(Entry& entry, const TellEnded& ended);
    void forget(CallId id);
    [[nodiscard]] Entry* find(CallId call);
    struct DialogOwner {
        CallId call;
        Side side = Side::a;
    };
    [[nodiscard]] std::optional<DialogOwner> owner_of(const SipMessage& in_dialog);
    // call_table_reliable.cpp: 100rel
    void count_reliable(Reliable1xxEvent event, config::DialPeerTag peer);
    void add_reliable_metrics(std::vector<Metric>& metrics) const;
    // call_table_transfer.cpp: routes and dialogs for transfers
    [[nodiscard]] RoutesFound find_routes(CallId id, Entry& entry, const FindRoutes& query,
                                          std::vector<HopQuery>& unknown);
    void look_for_routes(CallId id, Entry& entry, const FindRoutes& query);
    void routes_may_be_known(CallId id, std::uint64_t serial);
    [[nodiscard]] std::optional<DialogOwner> owner_of(const Replaces& replaces);
    [[nodiscard]] std::string replaces_toward_far_party(const Replaces& replaces);
    [[nodiscard]] std::string replaced_by_refer(const SipMessage& request);
    [[nodiscard]] bool challenge_caller(const IncomingRequest& request, const CallSetup& setup);
    [[nodiscard]] bool take_replacement(const IncomingRequest& request, CallSetup& setup);
    // call_table_pass.cpp: requests outside of calls that go on
    void pass_on(const IncomingRequest& received);
    [[nodiscard]] std::optional<CallId> passed_by(const SipMessage& request) const;
    [[nodiscard]] bool pass_in_dialog(const IncomingRequest& request);
    [[nodiscard]] bool pass_back(const IncomingResponse& response);
    [[nodiscard]] bool pass_failed(ClientTxn txn);
    void carry_out(PassActions actions);
    void sweep_passed();
    // call_table_stats.cpp: P-RTP-Stat
    [[nodiscard]] bool wait_for_stats(CallId id, Entry& entry, CallAction& action);
    void on_report(const dataplane::Report& report);
    void finish_stats(CallId id, const dataplane::SessionState* state);
    void drop_stats(Entry& entry);
    // call_table_media.cpp: the media plane
    void on_plane_up();
    void on_plane_down();
    void on_listed(const dataplane::Listed& listed);
    void on_list_end();
    void list_sessions();

    CallTableParts parts_;
    NetworkKnowledge network_;
    ShardId shard_;
    std::shared_ptr<const dialplan::DialPlan> plan_;
    std::uint64_t commit_ = 0;
    std::shared_ptr<const ProfileSet> profiles_ = std::make_shared<const ProfileSet>();
    std::optional<TrustedSources> trusted_;
    ConnectionCounts connections_;
    struct Edge {
        CallGate gate;
        dialplan::Busyout busyout;
        BandwidthCounts bandwidth;
        const BindingTable* bindings = nullptr;
        std::function<bool(const IpAddress&)> left_registrars;
        std::set<config::DialPeerTag> emergency;   // peers marked e911
        std::unordered_set<std::string> admitted;  // merge keys on their way to start_call
        SharedLimits shared;
        std::optional<MonoTime> last_line;  // of the log about refused calls
        std::uint64_t emergencies = 0;
    } edge_;
    dialplan::UsageMap usage_;
    DiscardLog discards_;
    std::vector<CallListener*> listeners_;
    RouteObserver route_observer_;
    CallTape* tape_ = nullptr;

    // The newest question of a call for routes, while their names are not known.
    struct RouteSearch {
        std::uint64_t serial = 0;  // an older question's names may become known later
        FindRoutes query;
        std::string names;
        MonoTime began;
    };
    struct Names {
        std::map<ServerTxn, NameWaiter> waiting;  // of INVITEs without a call yet
        AddressHealth health;
        std::unordered_map<ClientTxn, AddressHealth::Address> asked;  // INVITEs without an answer
        std::map<CallId, RouteSearch> searches;  // of transfers and redirections that wait
        std::uint64_t last_search = 0;
        std::uint64_t waits = 0;
        std::uint64_t in_vain = 0;
    } names_;
    std::string box_;  // our name in X-Loop (spec G.3)
    std::unordered_map<dataplane::RequestTag, CallId> stats_tags_;
    std::uint64_t last_call_ = 0;
    std::unordered_map<CallId, std::unique_ptr<Entry>> calls_;
    std::unordered_map<ClientTxn, ClientOwner> clients_;
    std::unordered_map<ServerTxn, CallId> invites_;
    std::unordered_map<std::string, CallId> merge_keys_;
    std::unordered_map<dataplane::RequestTag, CallId> media_tags_;
    std::map<dataplane::SessionId, CallId> sessions_;
    std::set<dataplane::SessionId> unlisted_;    // ours, not yet confirmed since PlaneUp
    std::vector<OrphanSession> orphans_;         // as of the last list
    std::vector<OrphanSession> listed_orphans_;  // of the list that is coming in
    TimerId list_timer_;
    dataplane::RequestTag list_tag_ = 0;
    Counters counters_;
    Reliable1xxStats reliable_;
    PeerStats peer_stats_;
    DigestServer digest_;
    struct Pass {
        PassTable table;
        std::unordered_map<ClientTxn, Token> clients;
        TimerId sweep;
    } pass_;
    PrackAlarm prack_alarm_;
};

}  // namespace weir::signaling
