// SPDX-License-Identifier: Apache-2.0
// Locator: from a name to addresses in the order of trying (RFC 3263 4), out of a cache.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/base/log.hpp"
#include "config/base/metrics.hpp"
#include "config/base/random.hpp"
#include "signaling/api/event_loop.hpp"
#include "signaling/api/sip_stack.hpp"
#include "signaling/dns/dns_source.hpp"

namespace weir::signaling {

struct DnsTarget {
    std::string host;
    std::uint16_t port = 0;                 // 0 = none was written: SRV is asked
    std::optional<SipTransport> transport;  // none = NAPTR may choose
    bool is_number = false;                 // ENUM: NAPTR alone, and their expressions (RFC 6116)
    auto operator<=>(const DnsTarget&) const = default;
};

struct DnsHop {
    SipTransport transport = SipTransport::udp;
    Endpoint endpoint;
    bool operator==(const DnsHop&) const = default;
};

// Thread: sip. Nothing blocks: what is not in the cache is asked for, and is there a moment later.
// Records whose time is over are asked for again while the old ones are still used, so that no call
// waits and none fails because a name server is silent. Bounds: dns_limits.hpp.
class Locator {
public:
    struct Seams {
        EventLoop& loop;
        DnsSource& source;
        Random& random;
        Logger& log;
    };
    explicit Locator(const Seams& seams) : seams_(seams) {}
    ~Locator();
    Locator(const Locator&) = delete;
    Locator& operator=(const Locator&) = delete;

    // Best first; of one SRV priority by weight, at random each time. Empty: not known yet, or the
    // name has no address.
    [[nodiscard]] std::vector<DnsHop> locate(const DnsTarget& target);
    // Whether everything that locate() would look at is known (also that it does not exist).
    [[nodiscard]] bool is_known(const DnsTarget& target);
    // The NAPTR records of a name as they came; none: not known yet, or it has none.
    [[nodiscard]] std::vector<NaptrService> rules_of(const std::string& name);
    // Calls `done` from the loop when all targets are known, or after `patience`; asks for what is
    // missing. Thread: sip.
    void when_known(std::vector<DnsTarget> targets, std::chrono::nanoseconds patience,
                    std::function<void()> done);
    // Kept fresh from now on, so that calls find them: the names of the configuration.
    void keep(std::set<DnsTarget> targets);
    // The families that we have listeners for: addresses of others are left out.
    void set_families(bool v4, bool v6);

    struct Counters {
        std::uint64_t questions = 0;  // asked of servers
        std::uint64_t failures = 0;   // without an answer
        std::uint64_t stale = 0;      // old records that were used because of that
    };
    [[nodiscard]] const Counters& counters() const { return counters_; }
    [[nodiscard]] std::size_t size() const { return cache_.size(); }
    [[nodiscard]] std::vector<Metric> metrics() const;

private:
    struct Entry {
        DnsAnswer answer;
        MonoTime expires;
        bool is_asked = false;  // a question is out
        bool is_there = false;  // there is an answer, old or new
    };
    struct Waiting {
        std::vector<DnsTarget> targets;
        std::set<DnsQuestion> missing;
        std::function<void()> done;
        TimerId patience;
    };
    // One pass of RFC 3263 over the cache: what it finds, and what it lacks.
    struct Pass {
        std::vector<DnsHop> hops;
        std::vector<DnsQuestion> missing;
        [[nodiscard]] bool is_complete() const { return missing.empty(); }
    };
    [[nodiscard]] Pass pass(const DnsTarget& target);
    [[nodiscard]] const DnsAnswer* look_up(const std::string& name, DnsType type, Pass& pass);
    void by_rules(const std::vector<NaptrService>& rules, Pass& pass);
    bool by_service(const std::string& name, SipTransport transport, Pass& pass);
    void by_address(const std::string& name, SipTransport transport, std::uint16_t port,
                    Pass& pass);
    void ask(const DnsQuestion& question, Entry& entry);
    void on_answer(const DnsQuestion& question, DnsAnswer answer);
    void make_room();
    bool look_for_missing(std::uint64_t id, Waiting& waiting);
    void stop_looking(std::uint64_t id, Waiting& waiting);
    void wake_waiting(const DnsQuestion& answered);
    void arm_refresh();

    Seams seams_;
    bool v4_ = true;
    bool v6_ = true;
    std::map<DnsQuestion, Entry> cache_;
    std::size_t open_questions_ = 0;
    std::set<DnsTarget> kept_;
    TimerId refresh_;
    std::uint64_t last_wait_ = 0;
    std::map<std::uint64_t, Waiting> waiting_;
    std::map<DnsQuestion, std::set<std::uint64_t>> awaited_;  // who of `waiting_` lacks it
    Counters counters_;
};

}  // namespace weir::signaling
