// SPDX-License-Identifier: Apache-2.0
// NameService: the names of a configuration, resolved ahead of the calls and kept fresh.
#pragma once

#include <chrono>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "config/base/log.hpp"
#include "config/base/random.hpp"
#include "config/model/config.hpp"
#include "config/platform/platform.hpp"
#include "signaling/call/routing.hpp"
#include "signaling/dns/dns_client.hpp"
#include "signaling/dns/locator.hpp"

namespace weir::apps {

// Thread: sip.
class NameService {
public:
    // Errors: as DnsClient::create.
    [[nodiscard]] static Result<std::unique_ptr<NameService>> create(
        signaling::EventLoop& loop, const config::Platform& platform, Random& random, Logger& log);
    NameService(std::unique_ptr<signaling::DnsClient> client,
                const signaling::Locator::Seams& seams, std::chrono::milliseconds call_wait)
        : client_(std::move(client)), locator_(seams), numbers_(seams), call_wait_(call_wait) {}

    using Listeners = std::vector<std::pair<signaling::SipTransport, Endpoint>>;
    // The names of this configuration are asked for now, and again before their time is over.
    // Addresses of a family in which nothing listens are left out: no call could go there.
    void keep(const config::Config& config, const Listeners& listeners);
    // Fills what concerns names. This outlives `network`.
    void answer_for(signaling::NetworkKnowledge& network);
    [[nodiscard]] std::vector<Metric> metrics() const;

private:
    // What concerns names that come with a call.
    void answer_calls(signaling::NetworkKnowledge& network);

    std::unique_ptr<signaling::DnsClient> client_;
    signaling::Locator locator_;
    // ENUM has a cache of its own: the numbers of calls must not push out the names of trunks.
    signaling::Locator numbers_;
    std::chrono::milliseconds call_wait_;
};

// Session targets, outbound proxies, sip-servers and registrars by name; a name with the number in
// it is known with the call only.
[[nodiscard]] std::set<signaling::DnsTarget> configured_names(const config::Config& config);

}  // namespace weir::apps
