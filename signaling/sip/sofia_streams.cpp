// SPDX-License-Identifier: Apache-2.0
// SofiaStreams; see sofia_streams.hpp.
#include "signaling/sip/sofia_streams.hpp"

#include <climits>
#include <utility>

#include "config/base/limits.hpp"
#include "config/base/shrink.hpp"
#include "signaling/sip/port_probe.hpp"
#include "signaling/sip/socket_address.hpp"

namespace weir::signaling {
namespace {

std::string listener_uri(const Endpoint& address) {
    const std::string port = address.port == 0 ? "*" : std::to_string(address.port);
    return "sip:" + uri_host(address.address) + ":" + port + ";transport=tcp";
}

// How sofia names the peer of a connection; it keeps pointers to the texts.
struct PeerName {
    explicit PeerName(const Endpoint& remote)
        : host(remote.address.to_string()), port(std::to_string(remote.port)) {
        name.tpn_proto = "tcp";
        name.tpn_canon = host.c_str();
        name.tpn_host = host.c_str();
        name.tpn_port = port.c_str();
    }
    PeerName(const PeerName&) = delete;
    PeerName& operator=(const PeerName&) = delete;

    std::string host;
    std::string port;
    tp_name_t name{};
};

}  // namespace

SofiaStreams::~SofiaStreams() {
    for (auto& [key, watched] : watched_)
        release(*watched);
}

Result<void> SofiaStreams::open(const Endpoint& address) {
    WEIR_TRY(probe_port({.transport = SipTransport::tcp, .address = address}));
    const std::string uri = listener_uri(address);
    // Nothing but transports is wanted of the agent; no message of a peer reaches it. UDP_MTU: the
    // path that the caller chose is kept. MAXSIZE: the guard bounds messages; the agent would count
    // the buffer, which su_getmsgsize bounds, and close a stream that fills it. TIMEOUT and IDLE:
    // ConnectionTable sweeps, sofia's timers miss slow peers.
    AgentPtr agent(nta_agent_create(
        loop_.root(), URL_STRING_MAKE(uri.c_str()), nullptr, nullptr, NTATAG_UA(0),
        NTATAG_UDP_MTU(65535), NTATAG_MAXSIZE(2 * kSipMaxStreamMessage), TPTAG_TIMEOUT(UINT_MAX),
        TPTAG_IDLE(UINT_MAX), TPTAG_PONG2PING(1), TPTAG_QUEUESIZE(kSipConnectionQueue), TAG_END()));
    if (!agent)
        return fail(ErrorCode::io, "sofia-sip cannot listen for SIP on tcp " + address.to_string() +
                                       ", though the port is free and the address is ours");
    const tport_t* primary = tport_primaries(nta_agent_tports(agent.get()));
    const su_addrinfo_t* bound = primary != nullptr ? tport_get_address(primary) : nullptr;
    if (bound == nullptr) return fail(ErrorCode::io, "sofia-sip has no transport for " + uri);
    Endpoint real = address;
    real.port = to_endpoint(*bound->ai_addr, static_cast<socklen_t>(bound->ai_addrlen)).port;
    listeners_.push_back({.address = real, .agent = std::move(agent)});
    return {};
}

std::vector<Endpoint> SofiaStreams::listeners() const {
    std::vector<Endpoint> result;
    for (const auto& listener : listeners_)
        result.push_back(listener.address);
    return result;
}

const SofiaStreams::Listener* SofiaStreams::find(const SipPath& path) const {
    for (const auto& listener : listeners_)
        if (is_outlet(listener.address, path)) return &listener;
    return nullptr;
}

const Endpoint* SofiaStreams::outlet(const SipPath& path) const {
    const Listener* listener = find(path);
    return listener == nullptr ? nullptr : &listener->address;
}

Result<void> SofiaStreams::send(std::uint64_t key, const std::string& text, const SipPath& path) {
    auto watched = std::make_unique<WatchedMessage>();
    watched->streams = this;
    watched->key = key;
    WEIR_TRY(transmit(*watched, text, path));
    if (key == 0)
        release(*watched);
    else
        watched_[key] = std::move(watched);
    return {};
}

Result<void> SofiaStreams::transmit(WatchedMessage& watched, const std::string& text,
                                    const SipPath& path) {
    const Listener* listener = find(path);
    if (listener == nullptr)
        return fail(ErrorCode::not_found, "no tcp listener at " + path.local.to_string() +
                                              " to reach " + path.remote.to_string());
    watched.message = make_message(text);
    if (!watched.message) return fail(ErrorCode::io, "sofia-sip has no memory for a message");
    const PeerName peer(path.remote);
    constexpr unsigned kNoLimit = 65535;  // the caller chose the transport; no switch to UDP here
    tport_t* transport = tport_tsend(nta_agent_tports(listener->agent.get()), watched.message.get(),
                                     &peer.name, TPTAG_MTU(kNoLimit), TAG_END());
    if (transport == nullptr)
        return fail_errno("cannot send to tcp " + path.remote.to_string(),
                          msg_errno(watched.message.get()));
    watched.transport = tport_ref(transport);
    if (watched.key != 0)
        watched.pending =
            tport_pend(transport, watched.message.get(), on_transport_error, &watched);
    return {};
}

bool SofiaStreams::send_back(const std::string& text, const SipPath& path) {
    const Listener* listener = find(path);
    if (listener == nullptr) return false;
    const PeerName peer(path.remote);
    const tport_t* known = tport_by_name(nta_agent_tports(listener->agent.get()), &peer.name);
    if (known == nullptr || tport_is_secondary(known) == 0 || tport_is_closed(known) != 0 ||
        tport_is_shutdown(known) != 0)
        return false;
    return send(0, text, path).has_value();
}

void SofiaStreams::forget(std::uint64_t key) {
    const auto it = watched_.find(key);
    if (it == watched_.end()) return;
    release(*it->second);
    watched_.erase(it);
    shrink_buckets(watched_);
}

void SofiaStreams::release(WatchedMessage& watched) {
    if (watched.transport == nullptr) return;
    if (watched.pending > 0)
        tport_release(watched.transport, watched.pending, watched.message.get(), nullptr, &watched,
                      0);
    watched.pending = 0;
    tport_unref(std::exchange(watched.transport, nullptr));
}

void SofiaStreams::on_transport_error(tp_stack_t*, WatchedMessage* watched, tport_t*, msg_t*, int) {
    if (watched->streams->on_error_) watched->streams->on_error_(watched->key);
}

}  // namespace weir::signaling
