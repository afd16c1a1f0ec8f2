// SPDX-License-Identifier: Apache-2.0
// DnsSource: whoever answers questions of DNS: c-ares in programs, a table in tests.
#pragma once

#include <functional>
#include <string>

#include "signaling/dns/dns_records.hpp"

namespace weir::signaling {

struct DnsQuestion {
    std::string name;  // as dns_name() makes it
    DnsType type = DnsType::a;
    auto operator<=>(const DnsQuestion&) const = default;
};

// Thread: sip.
class DnsSource {
public:
    virtual ~DnsSource() = default;
    // `done` is called once, from the loop and never from within ask().
    virtual void ask(const DnsQuestion& question, std::function<void(DnsAnswer)> done) = 0;
};

}  // namespace weir::signaling
