// SPDX-License-Identifier: Apache-2.0
// Host and path of a registrar.
#include "signaling/client/registrar_place.hpp"

namespace weir::signaling {

std::string registrar_host(const config::Registrar& registrar) {
    const config::SipHop& hop = registrar.hop;
    const std::string host =
        hop.kind == config::SipHop::Kind::address ? uri_host(hop.address) : hop.host;
    return hop.port == 0 ? host : host + ":" + std::to_string(hop.port);
}

std::optional<SipPath> registrar_path(const config::Config& config,
                                      const config::Registrar& registrar,
                                      const NetworkKnowledge& network, const SipStack& stack) {
    const config::SipHop& hop = registrar.hop;
    const auto address = hop.kind == config::SipHop::Kind::address ? std::optional(hop.address)
                         : network.resolve                         ? network.resolve(hop.host)
                                                                   : std::nullopt;
    if (!address) return std::nullopt;
    const SipTransport transport = registrar.tls   ? SipTransport::tls
                                   : registrar.tcp ? SipTransport::tcp
                                                   : SipTransport::udp;
    const std::uint16_t usual = registrar.tls ? 5061 : 5060;
    Endpoint remote;
    remote.address = *address;
    remote.port = hop.port == 0 ? usual : hop.port;
    const auto local = local_endpoint(config, transport, *address, network, stack.listeners());
    if (!local) return std::nullopt;
    SipPath path{transport, *local, remote};
    if (hop.kind == config::SipHop::Kind::dns) path.host = hop.host;
    return path;
}

}  // namespace weir::signaling
