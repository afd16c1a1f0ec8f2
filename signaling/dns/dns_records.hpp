// SPDX-License-Identifier: Apache-2.0
// DNS answers as values, and the reading of them (RFC 1035 4, RFC 2782, RFC 3403). Pure, total.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/base/address.hpp"

namespace weir::signaling {

enum class DnsType : std::uint16_t { a = 1, naptr = 35, aaaa = 28, srv = 33 };

struct SrvRecord {
    std::uint16_t priority = 0;  // lowest first
    std::uint16_t weight = 0;
    std::uint16_t port = 0;
    std::string target;  // "." = the service is not offered
    bool operator==(const SrvRecord&) const = default;
};

struct NaptrService {
    std::uint16_t order = 0;
    std::uint16_t preference = 0;
    std::string flags;    // lower case: "s"
    std::string service;  // upper case: "SIP+D2U"
    std::string replacement;
    std::string regexp{};  // of ENUM (RFC 6116): "!^.*$!sip:info@example.com!"
    bool operator==(const NaptrService&) const = default;
};

// What one question was answered; of its type only one of the lists is filled. All empty without
// a failure: the name does not exist, or has no such record.
struct DnsAnswer {
    bool is_failure = false;  // no server answered, or none could
    std::chrono::seconds ttl{0};
    std::vector<IpAddress> addresses;
    std::vector<SrvRecord> services;
    std::vector<NaptrService> rules;
    [[nodiscard]] bool is_empty() const {
        return addresses.empty() && services.empty() && rules.empty();
    }
};

// Names compare without regard to case (RFC 4343): lower case, without a final dot.
[[nodiscard]] std::string dns_name(std::string_view text);

// The records of `type` that a whole answer message has for `name`, over aliases, with the lowest
// time to live on the way; for none that of the SOA (RFC 2308). Malformed: a failure.
[[nodiscard]] DnsAnswer read_dns_answer(std::span<const std::uint8_t> message,
                                        std::string_view name, DnsType type);

}  // namespace weir::signaling
