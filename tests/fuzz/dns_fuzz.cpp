// SPDX-License-Identifier: Apache-2.0
// Fuzzes the reading of DNS answers: any bytes give records within their bounds, or a failure.
#include <cstddef>
#include <cstdint>
#include <span>

#include "config/base/result.hpp"
#include "signaling/dns/dns_limits.hpp"
#include "signaling/dns/dns_records.hpp"

using namespace weir::signaling;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    for (const DnsType type : {DnsType::a, DnsType::aaaa, DnsType::srv, DnsType::naptr}) {
        const DnsAnswer answer = read_dns_answer(std::span(data, size), "a.example", type);
        WEIR_ASSERT(answer.addresses.size() <= kDnsRecordsPerAnswer);
        WEIR_ASSERT(answer.services.size() <= kDnsRecordsPerAnswer);
        WEIR_ASSERT(answer.rules.size() <= kDnsRecordsPerAnswer);
        WEIR_ASSERT(!answer.is_failure || answer.is_empty());
        for (const auto& service : answer.services)
            WEIR_ASSERT(service.target == "." || service.target.size() <= kDnsNameBytes);
    }
    return 0;
}
