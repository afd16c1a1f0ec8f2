// SPDX-License-Identifier: Apache-2.0
// NameService; see name_service.hpp.
#include "deploy/apps/name_service.hpp"

#include <algorithm>
#include <utility>

#include "config/model/registration.hpp"
#include "signaling/call/destination.hpp"

namespace weir::apps {
namespace {

constexpr std::uint16_t kAnyPort = 5060;  // of a name whose address alone is wanted

signaling::DnsTarget dns_target(const signaling::HopQuery& query) {
    return {query.host, query.port, query.transport, query.is_number};
}

}  // namespace

Result<std::unique_ptr<NameService>> NameService::create(signaling::EventLoop& loop,
                                                         const config::Platform& platform,
                                                         Random& random, Logger& log) {
    auto client = signaling::DnsClient::create(loop, platform.dns.servers);
    if (!client) return fail(client.error());
    signaling::DnsClient& source = **client;
    return std::make_unique<NameService>(std::move(*client),
                                         signaling::Locator::Seams{loop, source, random, log},
                                         platform.dns.call_wait);
}

void NameService::keep(const config::Config& config, const Listeners& listeners) {
    const auto has = [&](Family family) {
        return std::any_of(listeners.begin(), listeners.end(), [&](const auto& listener) {
            return listener.second.address.family == family;
        });
    };
    if (!listeners.empty()) locator_.set_families(has(Family::v4), has(Family::v6));
    locator_.keep(configured_names(config));
}

void NameService::answer_for(signaling::NetworkKnowledge& network) {
    network.locate = [this](const signaling::HopQuery& query) {
        std::vector<signaling::Hop> hops;
        for (const signaling::DnsHop& hop : locator_.locate(dns_target(query)))
            hops.push_back({hop.transport, hop.endpoint, query.host});
        return hops;
    };
    network.resolve = [this](const std::string& host) -> std::optional<IpAddress> {
        const auto hops = locator_.locate({host, kAnyPort, signaling::SipTransport::udp});
        if (hops.empty()) return std::nullopt;
        return hops.front().endpoint.address;
    };
    answer_calls(network);
}

void NameService::answer_calls(signaling::NetworkKnowledge& network) {
    network.name_patience = call_wait_;
    network.records = [this](const std::string& name) {
        std::vector<dialplan::NaptrRecord> records;
        for (const signaling::NaptrService& rule : numbers_.rules_of(name))
            records.push_back({rule.order, rule.preference, rule.flags, rule.service, rule.regexp});
        return records;
    };
    network.is_known = [this](const signaling::HopQuery& query) {
        return (query.is_number ? numbers_ : locator_).is_known(dns_target(query));
    };
    network.when_known = [this](const std::vector<signaling::HopQuery>& names,
                                std::chrono::nanoseconds patience, std::function<void()> done) {
        // Numbers first: which hosts a call needs is known only when they are.
        std::vector<signaling::DnsTarget> hosts;
        std::vector<signaling::DnsTarget> numbers;
        for (const signaling::HopQuery& query : names)
            (query.is_number ? numbers : hosts).push_back(dns_target(query));
        if (numbers.empty())
            return locator_.when_known(std::move(hosts), patience, std::move(done));
        for (const signaling::DnsTarget& host : hosts)
            (void)locator_.locate(host);  // asked meanwhile
        numbers_.when_known(std::move(numbers), patience, std::move(done));
    };
}

std::vector<Metric> NameService::metrics() const {
    std::vector<Metric> all = locator_.metrics();
    const std::vector<Metric> of_numbers = numbers_.metrics();
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i].value += of_numbers[i].value;
    return all;
}

std::set<signaling::DnsTarget> configured_names(const config::Config& config) {
    std::set<signaling::DnsTarget> names;
    for (const auto& [tag, peer] : config.dial_peers) {
        if (peer.shutdown) continue;
        const auto& target = peer.target;
        const bool is_whole =
            target.kind != config::SessionTarget::Kind::dns || !target.host.starts_with('$');
        if (const auto name = signaling::name_of({config, peer}); name && is_whole)
            names.insert(dns_target(*name));
        // Of recorders the address alone is asked.
        if (target.kind == config::SessionTarget::Kind::dns && is_whole)
            names.insert({target.host, kAnyPort, signaling::SipTransport::udp});
    }
    for (const config::RegistrarLevel& level : config::registrar_levels(config))
        for (const config::Registrar& registrar : level.registrars)
            if (registrar.hop.kind == config::SipHop::Kind::dns)
                names.insert({registrar.hop.host, kAnyPort, signaling::SipTransport::udp});
    return names;
}

}  // namespace weir::apps
