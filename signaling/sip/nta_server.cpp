// SPDX-License-Identifier: Apache-2.0
// NtaServer; see nta_server.hpp.
#include "signaling/sip/nta_server.hpp"

#include <algorithm>
#include <utility>

#include "config/base/limits.hpp"
#include "config/base/text.hpp"
#include "signaling/sip/port_probe.hpp"
#include "signaling/sip/socket_address.hpp"

namespace weir::signaling {
namespace {

constexpr std::chrono::seconds kUnsentTime(32);  // 64*T1: nta has given up by then

std::string listener_uri(const SipListener& listener) {
    const std::string port =
        listener.address.port == 0 ? "*" : std::to_string(listener.address.port);
    return "sip:" + uri_host(listener.address.address) + ":" + port +
           ";transport=" + to_string(listener.transport);
}

std::string tag_of(const SipMessage& response) {
    const auto* to = response.find("To");
    const auto address = to != nullptr ? NameAddr::parse(*to) : NameAddr::parse("");
    return address ? address->tag() : std::string();
}

// nta ends the process if the CSeq is not the request's.
std::string text_of(const SipMessage& response, const std::string& cseq) {
    if (const std::string* own = response.find("CSeq"); own != nullptr && *own == cseq)
        return to_wire(response);
    SipMessage complete = response;
    complete.set("CSeq", cseq);
    return to_wire(complete);
}

}  // namespace

NtaServer::NtaServer(SofiaLoop& loop, Receiver& receiver, SipStats& stats, Logger& log)
    : loop_(loop), receiver_(receiver), stats_(stats), log_(log), class_(make_slim_class()) {
    receiver_.set_ack_filter([this](const SipMessage& ack) { return may_see(ack); });
}

NtaServer::~NtaServer() {
    // Not destroyed one by one: that would answer 500 to each; the agent frees them silently.
    for (auto& [id, transaction] : transactions_)
        nta_incoming_bind(transaction->incoming, nullptr, nullptr);
    listeners_.clear();
    transactions_.clear();
}

Result<void> NtaServer::listen(const SofiaOptions& options) {
    if (!class_) return fail(ErrorCode::io, "sofia-sip has no memory for its message class");
    for (const auto& address : options.listeners) {
        auto listener = open(address, options);
        if (!listener) return fail(listener.error());
        listeners_.push_back(std::move(*listener));
    }
    return {};
}

Result<NtaServer::Listener> NtaServer::open(const SipListener& address,
                                            const SofiaOptions& options) {
    if (address.address.address.is_unspecified())
        return fail(ErrorCode::invalid, "cannot listen for SIP on " + address.address.to_string() +
                                            ": name an address of this machine");
    WEIR_TRY(probe_port(address));
    const std::string uri = listener_uri(address);
    Listener listener{.address = address, .agent = nullptr, .leg = nullptr, .datagrams = -1};
    const auto t1 = static_cast<unsigned>(options.timers.t1.count());
    const auto t2 = static_cast<unsigned>(options.timers.t2.count());
    const auto t4 = static_cast<unsigned>(options.timers.t4.count());
    // Why UA is off: with it nta would acknowledge, retransmit and refuse on its own; 2xx, ACK and
    // dialogs are ours. CANCEL_487 off: the call answers the INVITE itself. UDP_MTU: the path that
    // the caller chose is kept. MAXSIZE: the guard bounds messages; nta would count the buffer,
    // which su_getmsgsize bounds, and close a stream that fills it. TPTAG_TIMEOUT and _IDLE:
    // ConnectionTable sweeps, sofia's timers miss slow peers.
    listener.agent.reset(nta_agent_create(
        loop_.root(), URL_STRING_MAKE(uri.c_str()), nullptr, nullptr, NTATAG_UA(0),
        NTATAG_MCLASS(class_.get()), NTATAG_CANCEL_487(0), NTATAG_SIP_T1(t1), NTATAG_SIP_T2(t2),
        NTATAG_SIP_T4(t4), NTATAG_SIP_T1X64(64 * t1), NTATAG_UDP_MTU(65535),
        NTATAG_MAXSIZE(2 * kSipMaxStreamMessage), NTATAG_MAX_PROCEEDING(kMaxCalls),
        TPTAG_TIMEOUT(UINT_MAX), TPTAG_IDLE(UINT_MAX), TPTAG_PONG2PING(1),
        TPTAG_QUEUESIZE(kSipConnectionQueue), TPTAG_UDP_RMEM(kSipReceiveBuffer), TAG_END()));
    if (!listener.agent)
        return fail(ErrorCode::io, "sofia-sip cannot listen for SIP on " +
                                       std::string(to_string(address.transport)) + " " +
                                       address.address.to_string() +
                                       ", though the port is free and the address is ours");
    listener.leg.reset(
        nta_leg_tcreate(listener.agent.get(), on_leg, this, NTATAG_NO_DIALOG(1), TAG_END()));
    if (!listener.leg) return fail(ErrorCode::io, "sofia-sip cannot create its default leg");
    const tport_t* primary = tport_primaries(nta_agent_tports(listener.agent.get()));
    const su_addrinfo_t* bound = primary != nullptr ? tport_get_address(primary) : nullptr;
    if (bound == nullptr) return fail(ErrorCode::io, "sofia-sip has no transport for " + uri);
    const Endpoint real = to_endpoint(*bound->ai_addr, static_cast<socklen_t>(bound->ai_addrlen));
    listener.address.address.port = real.port;
    if (address.transport != SipTransport::udp) return listener;
    listener.datagrams = receiver_.datagram_socket(real);
    if (listener.datagrams < 0)
        return fail(ErrorCode::io, "the socket of " + uri +
                                       " is not known: libsofia-sip does not "
                                       "make its sockets by su_socket");
    return listener;
}

std::vector<SipListener> NtaServer::listeners() const {
    std::vector<SipListener> result;
    for (const auto& listener : listeners_)
        result.push_back(listener.address);
    return result;
}

Result<NtaServer::Outlet> NtaServer::outlet(const SipPath& path) const {
    for (const auto& listener : listeners_) {
        const auto& local = listener.address.address;
        const bool fits_address =
            !path.local.address.is_set() || local.address == path.local.address;
        const bool fits_port = path.local.port == 0 || path.local.port == local.port;
        const bool fits_family = path.remote.address.family == local.address.family;
        if (listener.address.transport != path.transport || !fits_address || !fits_port ||
            !fits_family)
            continue;
        return Outlet{.transports = nta_agent_tports(listener.agent.get()),
                      .local = local,
                      .datagrams = listener.datagrams};
    }
    return fail(ErrorCode::not_found, std::string("no ") + to_string(path.transport) +
                                          " listener at " + path.local.to_string() + " to reach " +
                                          path.remote.to_string());
}

// The whole request whose short form sofia holds: the one that the receiver read last.
std::optional<ReceivedMessage> NtaServer::request_behind(sip_t const* sip) const {
    const ReceivedMessage* current = receiver_.current_request();
    if (current == nullptr || sip == nullptr || sip->sip_call_id == nullptr ||
        sip->sip_cseq == nullptr)
        return std::nullopt;
    const auto cseq = current->message.cseq();
    if (!cseq || cseq->number != sip->sip_cseq->cs_seq ||
        cseq->method != sip->sip_cseq->cs_method_name ||
        *current->message.find("Call-ID") != sip->sip_call_id->i_id)
        return std::nullopt;
    return *current;
}

int NtaServer::on_leg(NtaServer* server, nta_leg_t*, nta_incoming_t* incoming, sip_t const* sip) {
    return server->take(incoming, sip);
}

int NtaServer::take(nta_incoming_t* incoming, sip_t const* sip) {
    auto received = request_behind(sip);
    if (sip->sip_request->rq_method == sip_method_ack) {
        nta_incoming_destroy(incoming);
        if (received) (void)callbacks_.on_request(ServerTxn{}, std::move(*received));
        return 0;
    }
    if (!received) {
        stats_.drop(GuardReason::stack_refused);
        return 400;  // sofia answers
    }
    if (transactions_.size() >= kSipMaxTransactions) return 503;
    const std::uint64_t id = ++last_id_;
    auto transaction = std::make_unique<ServerTransaction>();
    transaction->server = this;
    transaction->id = id;
    transaction->incoming = incoming;
    transaction->method = received->message.method;
    transaction->call_id = *received->message.find("Call-ID");
    transaction->cseq = *received->message.find("CSeq");
    nta_incoming_bind(incoming, on_ack_or_cancel, transaction.get());
    transactions_.emplace(id, std::move(transaction));
    if (callbacks_.on_request(ServerTxn{id}, std::move(*received))) return 0;
    nta_incoming_bind(incoming, nullptr, nullptr);
    transactions_.erase(id);
    return 503;
}

int NtaServer::on_ack_or_cancel(ServerTransaction* transaction, nta_incoming_t*, sip_t const* sip) {
    if (transaction == nullptr || sip == nullptr || sip->sip_request == nullptr) return 0;
    if (sip->sip_request->rq_method != sip_method_cancel) return 0;
    NtaServer& server = *transaction->server;
    auto received = server.request_behind(sip);
    if (received) server.callbacks_.on_cancel(ServerTxn{transaction->id}, std::move(*received));
    return 0;
}

NtaServer::Outcome NtaServer::respond(ServerTxn txn, const SipMessage& response) {
    const auto it = transactions_.find(txn.value());
    if (it == transactions_.end() || it->second->is_answered) return Outcome::ignored;
    ServerTransaction& transaction = *it->second;
    std::string text = text_of(response, transaction.cseq);
    const bool is_final = response.status >= 200;
    MessagePtr message = make_message(*class_, text);
    if (message) {
        const std::string tag = tag_of(response);
        if (!tag.empty()) nta_incoming_tag(transaction.incoming, tag.c_str());
        nta_incoming_mreply(transaction.incoming, message.release());
        stats_.sent.count(response);
    } else {
        log_.error("sip.response_refused", {{"status", response.status},
                                            {"method", transaction.method},
                                            {"reason", "sofia cannot read the composed text"}});
        stats_.drop(GuardReason::stack_refused);
    }
    if (!is_final) return Outcome::sent;
    transaction.is_answered = true;
    const bool has_left = nta_incoming_status(transaction.incoming) >= 200;
    if (has_left && transaction.method == "INVITE" && response.status < 300) {
        transaction.answer = std::move(text);
        return Outcome::accepted;
    }
    if (!has_left) answer_unsent(transaction);
    finish(txn);
    return has_left ? Outcome::sent : Outcome::failed;
}

// The final answer did not leave: unreadable, too large, or no way back to the peer. A short 500
// may.
void NtaServer::answer_unsent(const ServerTransaction& transaction) {
    nta_incoming_treply(transaction.incoming, SIP_500_INTERNAL_SERVER_ERROR, TAG_END());
    if (nta_incoming_status(transaction.incoming) >= 200) return;
    if (transaction.method != "INVITE") return;
    SipMessage message;
    message.add("CSeq", transaction.cseq);
    const auto cseq = message.cseq();
    InviteName name{transaction.call_id, cseq ? cseq->number : 0};
    if (unsent_.size() >= kSipMaxTransactions || !unsent_.insert(name).second) return;
    unsent_until_.emplace_back(loop_.clock().now() + kUnsentTime, std::move(name));
}

bool NtaServer::may_see(const SipMessage& ack) {
    while (!unsent_until_.empty() && unsent_until_.front().first <= loop_.clock().now()) {
        unsent_.erase(unsent_until_.front().second);
        unsent_until_.pop_front();
    }
    const auto cseq = ack.cseq();
    return !cseq || !unsent_.contains({*ack.find("Call-ID"), cseq->number});
}

void NtaServer::send_again(ServerTxn txn) {
    const auto it = transactions_.find(txn.value());
    if (it == transactions_.end() || it->second->answer.empty()) return;
    MessagePtr message = make_message(*class_, it->second->answer);
    if (!message) return;
    ++stats_.retransmitted_answers;
    nta_incoming_mreply(it->second->incoming, message.release());
}

void NtaServer::count(SipGauges& gauges) const {
    for (const auto& listener : listeners_) {
        usize_t retries = 0;
        usize_t bad = 0;
        nta_agent_get_stats(listener.agent.get(), NTATAG_S_RECV_RETRY_REF(retries),
                            NTATAG_S_BAD_MESSAGE_REF(bad), TAG_END());
        gauges.absorbed_retransmissions += retries;
        gauges.unread_by_nta += bad;
    }
}

void NtaServer::finish(ServerTxn txn) {
    const auto it = transactions_.find(txn.value());
    if (it == transactions_.end()) return;
    // From here nta alone answers retransmissions and takes the ACK of a refusal, then frees it.
    nta_incoming_destroy(it->second->incoming);
    transactions_.erase(it);
}

}  // namespace weir::signaling
