// SPDX-License-Identifier: Apache-2.0
// The table of a target's health, and the targets of a configuration.
#include "signaling/edge/keepalive.hpp"

#include <algorithm>
#include <utility>

#include "config/model/registration.hpp"

namespace weir::signaling {
namespace {

using config::DialPeer;

// Spec A.12: every other answer shows that somebody is there, also 404 or 405.
bool is_failure(int status) {
    return status == 503 || status == 505;
}

PingSettings settings_of(const config::KeepaliveProfile& profile) {
    return {std::chrono::seconds(profile.up_interval), std::chrono::seconds(profile.down_interval),
            profile.retry};
}

PingSettings settings_of(const config::PeerKeepalive& own) {
    return {std::chrono::seconds(own.up_interval), std::chrono::seconds(own.down_interval),
            own.retry};
}

class Planner {
public:
    explicit Planner(const config::Config& config) : config_(config) {}

    PingPlan run() {
        for (const auto& [tag, peer] : config_.dial_peers)
            if (peer.keepalive.enabled && peer.session_protocol_sip && peer.oper_up()) add(peer);
        return std::move(plan_);
    }

private:
    void add(const DialPeer& peer) {
        PingUse use;
        PingTarget target;
        const auto transport = config::resolve_transport(config_, peer).value;
        target.transport = transport.transport;
        target.tls = transport.tls;
        set_proxy(peer, target);
        if (peer.keepalive.profile) {
            const auto found = config_.keepalive_profiles.find(*peer.keepalive.profile);
            if (found == config_.keepalive_profiles.end() || found->second.shutdown) return;
            target.profile = found->first;
            if (found->second.transport != config::Transport::system) {
                target.transport = found->second.transport;
                target.tls = found->second.tls;
            }
            use.settings = settings_of(found->second);
            use.sip_profiles = found->second.sip_profiles;
        } else {
            target.peer = peer.tag;
            use.settings = settings_of(peer.keepalive);
        }
        if (peer.server_group) return add_servers(peer, target, use);
        using Kind = config::SessionTarget::Kind;
        if (peer.target.kind == Kind::registrar) return add_registrars(peer, target, use);
        if (peer.target.kind != Kind::address && peer.target.kind != Kind::dns) return;
        target.address = peer.target.address;
        target.host = peer.target.host;
        target.port = peer.target.port;
        PingUse& made = note(target, use);
        made.peers.push_back(peer.tag);
        made.direct.push_back(peer.tag);
    }

    // Calls go to the secondary ones where the primary one is silent.
    void add_registrars(const DialPeer& peer, PingTarget target, const PingUse& use) {
        for (const auto& registrar : config::registrars_of(config_, peer, std::nullopt)) {
            const bool is_address = registrar.hop.kind == config::SipHop::Kind::address;
            target.address = is_address ? registrar.hop.address : IpAddress{};
            target.host = is_address ? "" : registrar.hop.host;
            target.port = registrar.hop.port;
            PingUse& made = note(target, use);
            made.peers.push_back(peer.tag);
            made.shared.push_back(peer.tag);
        }
    }

    // Spec A.6: what calls of the peer pass through, its OPTIONS must pass, too.
    void set_proxy(const DialPeer& peer, PingTarget& target) const {
        const auto proxy =
            config::resolve(config_, peer, &config::SipOptions::outbound_proxy).value;
        if (proxy.kind == config::SipHop::Kind::address) target.proxy_address = proxy.address;
        if (proxy.kind == config::SipHop::Kind::dns) target.proxy_host = proxy.host;
        target.proxy_port = proxy.port;
    }

    // Spec A.12: a peer's own line does not ping server groups.
    void add_servers(const DialPeer& peer, const PingTarget& common, const PingUse& use) {
        const auto group = config_.server_groups.find(*peer.server_group);
        if (group == config_.server_groups.end() || group->second.shutdown || common.profile == 0)
            return;
        for (std::size_t i = 0; i < group->second.servers.size(); ++i) {
            PingTarget target = common;
            target.address = group->second.servers[i].address;
            target.port = group->second.servers[i].port;
            PingUse& made = note(target, use);
            const std::pair server{group->first, static_cast<std::uint8_t>(i)};
            if (std::find(made.servers.begin(), made.servers.end(), server) == made.servers.end())
                made.servers.push_back(server);
            if (made.peers.empty() || made.peers.back() != peer.tag) made.peers.push_back(peer.tag);
        }
    }

    PingUse& note(const PingTarget& target, const PingUse& use) {
        return plan_.try_emplace(target, use).first->second;
    }

    const config::Config& config_;
    PingPlan plan_;
};

}  // namespace

bool PingState::answered(int status) {
    if (is_failure(status)) return failed();
    failures_ = 0;
    return std::exchange(status_, Status::active) == Status::busy;
}

bool PingState::failed() {
    if (status_ == Status::busy) return false;
    if (++failures_ < settings_.retry) return false;
    status_ = Status::busy;
    return true;
}

PingPlan ping_plan(const config::Config& config) {
    return Planner(config).run();
}

std::string to_words(const PingTarget& target) {
    config::SessionTarget words;
    words.kind = target.address.is_set() ? config::SessionTarget::Kind::address
                                         : config::SessionTarget::Kind::dns;
    words.address = target.address;
    words.host = target.host;
    words.port = target.port;
    return config::to_words(words);
}

}  // namespace weir::signaling
