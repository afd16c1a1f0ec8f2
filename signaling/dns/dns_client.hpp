// SPDX-License-Identifier: Apache-2.0
// DnsClient: questions to DNS servers by c-ares, under the event loop.
#pragma once

#include <memory>
#include <vector>

#include "config/base/address.hpp"
#include "signaling/api/event_loop.hpp"
#include "signaling/dns/dns_source.hpp"

namespace weir::signaling {

// Thread: sip. Never blocks. /etc/hosts answers before any server does, as everywhere on the
// machine.
class DnsClient final : public DnsSource {
public:
    // `servers` empty: those of /etc/resolv.conf as it is now. Errors: io, invalid.
    [[nodiscard]] static Result<std::unique_ptr<DnsClient>> create(
        EventLoop& loop, const std::vector<Endpoint>& servers);
    struct Parts;
    explicit DnsClient(std::unique_ptr<Parts> parts);  // for create()
    ~DnsClient() override;

    void ask(const DnsQuestion& question, std::function<void(DnsAnswer)> done) override;

private:
    std::unique_ptr<Parts> parts_;
};

}  // namespace weir::signaling
