// SPDX-License-Identifier: Apache-2.0
// Locator: RFC 3263 over a cache; see locator.hpp.
#include "signaling/dns/locator.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "signaling/dns/dns_limits.hpp"
#include "signaling/dns/srv_order.hpp"

namespace weir::signaling {
namespace {

constexpr std::chrono::seconds kLook{1};  // between looks at what must be kept fresh

std::uint16_t default_port(SipTransport transport) {
    return transport == SipTransport::tls ? 5061 : 5060;
}

// Spec A.6.
std::string service_name(SipTransport transport, const std::string& host) {
    switch (transport) {
        case SipTransport::udp:
            return "_sip._udp." + host;
        case SipTransport::tcp:
            return "_sip._tcp." + host;
        case SipTransport::tls:
            return "_sips._tcp." + host;
    }
    return host;
}

std::optional<SipTransport> transport_of(const std::string& service) {
    if (service == "SIP+D2U") return SipTransport::udp;
    if (service == "SIP+D2T") return SipTransport::tcp;
    if (service == "SIPS+D2T") return SipTransport::tls;
    return std::nullopt;
}

}  // namespace

Locator::~Locator() {
    seams_.loop.cancel(refresh_);
    for (auto& [id, waiting] : waiting_)
        seams_.loop.cancel(waiting.patience);
}

void Locator::set_families(bool v4, bool v6) {
    v4_ = v4;
    v6_ = v6;
}

std::vector<DnsHop> Locator::locate(const DnsTarget& target) {
    return pass(target).hops;
}

bool Locator::is_known(const DnsTarget& target) {
    return pass(target).is_complete();
}

Locator::Pass Locator::pass(const DnsTarget& target) {
    Pass pass;
    const std::string host = dns_name(target.host);
    if (host.empty() || host.size() > kDnsNameBytes) return pass;
    if (target.is_number) {
        (void)look_up(host, DnsType::naptr, pass);
        return pass;
    }
    const SipTransport transport = target.transport.value_or(SipTransport::udp);
    // RFC 3263 4.2: with a port there is no service to look for.
    if (target.port != 0) {
        by_address(host, transport, target.port, pass);
    } else if (target.transport) {
        if (!by_service(service_name(transport, host), transport, pass))
            by_address(host, transport, default_port(transport), pass);
    } else {
        // RFC 3263 4.1: NAPTR, then SRV of each transport, then the address over UDP.
        const DnsAnswer* rules = look_up(host, DnsType::naptr, pass);
        if (rules == nullptr) return pass;
        if (const auto known = rules->rules; !known.empty()) by_rules(known, pass);
        bool found = !pass.hops.empty() || !pass.is_complete();
        for (const auto each : {SipTransport::udp, SipTransport::tcp})
            found = found || by_service(service_name(each, host), each, pass);
        if (!found) by_address(host, transport, default_port(transport), pass);
    }
    if (pass.hops.size() > kDnsHops) pass.hops.resize(kDnsHops);
    return pass;
}

void Locator::by_rules(const std::vector<NaptrService>& rules, Pass& pass) {
    std::vector<NaptrService> ordered = rules;
    std::stable_sort(ordered.begin(), ordered.end(),
                     [](const NaptrService& a, const NaptrService& b) {
                         return std::pair(a.order, a.preference) < std::pair(b.order, b.preference);
                     });
    for (const NaptrService& rule : ordered) {
        const auto transport = transport_of(rule.service);
        if (transport && rule.flags == "s") (void)by_service(rule.replacement, *transport, pass);
    }
}

// False: the name has no such records, as far as is known.
bool Locator::by_service(const std::string& name, SipTransport transport, Pass& pass) {
    const DnsAnswer* answer = look_up(name, DnsType::srv, pass);
    if (answer == nullptr) return true;  // not known yet: nothing else is asked meanwhile
    if (answer->services.empty()) return false;
    for (const SrvRecord& record : srv_order(answer->services, seams_.random))
        by_address(record.target, transport, record.port, pass);
    return true;
}

void Locator::by_address(const std::string& name, SipTransport transport, std::uint16_t port,
                         Pass& pass) {
    for (const DnsType type : {DnsType::a, DnsType::aaaa}) {
        if (!(type == DnsType::a ? v4_ : v6_)) continue;
        const DnsAnswer* answer = look_up(name, type, pass);
        if (answer == nullptr) continue;
        for (const IpAddress& address : answer->addresses)
            pass.hops.push_back({transport, Endpoint{address, 0, port}});
    }
}

const DnsAnswer* Locator::look_up(const std::string& name, DnsType type, Pass& pass) {
    const DnsQuestion question{name, type};
    auto it = cache_.find(question);
    if (it == cache_.end()) {
        make_room();
        it = cache_.emplace(question, Entry{}).first;
    }
    Entry& entry = it->second;
    const bool is_old = !entry.is_there || seams_.loop.clock().now() >= entry.expires;
    if (is_old && !entry.is_asked) ask(question, entry);
    if (!entry.is_there) {
        pass.missing.push_back(question);
        return nullptr;
    }
    return &entry.answer;
}

void Locator::ask(const DnsQuestion& question, Entry& entry) {
    if (open_questions_ >= kDnsOpenQuestions) return;
    entry.is_asked = true;
    ++open_questions_;
    ++counters_.questions;
    seams_.source.ask(
        question, [this, question](DnsAnswer answer) { on_answer(question, std::move(answer)); });
}

void Locator::on_answer(const DnsQuestion& question, DnsAnswer answer) {
    --open_questions_;
    Entry& entry = cache_[question];
    entry.is_asked = false;
    entry.expires = seams_.loop.clock().now() + answer.ttl;
    if (answer.is_failure) {
        ++counters_.failures;
        if (!entry.answer.is_empty()) ++counters_.stale;
        seams_.log.warning("dns.no_answer", {{"name", question.name},
                                             {"kept", entry.answer.is_empty() ? "no" : "yes"}});
    } else {
        entry.answer = std::move(answer);
    }
    entry.is_there = true;
    wake_waiting(question);
}

// What is over makes place, else the tenth that is over first: a full cache must not be searched
// for each question. Never what is asked for now.
void Locator::make_room() {
    if (cache_.size() < kDnsCacheEntries) return;
    const MonoTime now = seams_.loop.clock().now();
    std::vector<MonoTime> ends;
    std::erase_if(cache_, [&](const auto& each) {
        if (each.second.is_asked) return false;
        ends.push_back(each.second.expires);
        return each.second.expires <= now;
    });
    if (cache_.size() < kDnsCacheEntries || ends.empty()) return;
    const auto tenth = ends.begin() + static_cast<std::ptrdiff_t>(ends.size() / 10);
    std::nth_element(ends.begin(), tenth, ends.end());
    std::erase_if(cache_, [&](const auto& each) {
        return !each.second.is_asked && each.second.expires <= *tenth;
    });
}

std::vector<NaptrService> Locator::rules_of(const std::string& name) {
    Pass pass;
    const std::string host = dns_name(name);
    if (host.empty() || host.size() > kDnsNameBytes) return {};
    const DnsAnswer* answer = look_up(host, DnsType::naptr, pass);
    return answer == nullptr ? std::vector<NaptrService>() : answer->rules;
}

void Locator::when_known(std::vector<DnsTarget> targets, std::chrono::nanoseconds patience,
                         std::function<void()> done) {
    const std::uint64_t id = ++last_wait_;
    Waiting& waiting = waiting_[id];
    waiting.targets = std::move(targets);
    waiting.done = std::move(done);
    if (!look_for_missing(id, waiting)) patience = std::chrono::nanoseconds(0);
    waiting.patience = seams_.loop.after(patience, [this, id] {
        auto node = waiting_.extract(id);
        if (node.empty()) return;
        stop_looking(id, node.mapped());
        node.mapped().done();
    });
}

// Notes which answers it waits for; false: nothing is missing.
bool Locator::look_for_missing(std::uint64_t id, Waiting& waiting) {
    stop_looking(id, waiting);
    for (const DnsTarget& target : waiting.targets) {
        const Pass found = pass(target);
        for (const DnsQuestion& question : found.missing) {
            awaited_[question].insert(id);
            waiting.missing.insert(question);
        }
    }
    return !waiting.missing.empty();
}

void Locator::stop_looking(std::uint64_t id, Waiting& waiting) {
    for (const DnsQuestion& question : waiting.missing) {
        const auto found = awaited_.find(question);
        if (found == awaited_.end()) continue;
        found->second.erase(id);
        if (found->second.empty()) awaited_.erase(found);
    }
    waiting.missing.clear();
}

// Only those whom the answer concerns look again: it may have led to the next question.
void Locator::wake_waiting(const DnsQuestion& answered) {
    const auto node = awaited_.extract(answered);
    if (node.empty()) return;
    std::vector<std::function<void()>> ready;
    for (const std::uint64_t id : node.mapped()) {
        const auto found = waiting_.find(id);
        if (found == waiting_.end() || look_for_missing(id, found->second)) continue;
        seams_.loop.cancel(found->second.patience);
        ready.push_back(std::move(found->second.done));
        waiting_.erase(found);
    }
    for (const auto& done : ready)
        done();
}

void Locator::keep(std::set<DnsTarget> targets) {
    kept_ = std::move(targets);
    for (const DnsTarget& target : kept_)
        (void)pass(target);
    if (refresh_ == TimerId{} && !kept_.empty()) arm_refresh();
}

// Looking asks for what is over: a kept name is old for a second at most.
void Locator::arm_refresh() {
    refresh_ = seams_.loop.after(kLook, [this] {
        refresh_ = {};
        for (const DnsTarget& target : kept_)
            (void)pass(target);
        if (!kept_.empty()) arm_refresh();
    });
}

std::vector<Metric> Locator::metrics() const {
    const auto count = [](const char* name, const char* help, std::uint64_t value) {
        return Metric{name, help, MetricKind::counter, static_cast<double>(value), {}};
    };
    return {{"weir_signaling_dns_cached",
             "DNS questions whose answers are kept",
             MetricKind::gauge,
             static_cast<double>(cache_.size()),
             {}},
            count("weir_signaling_dns_questions_total", "questions asked of DNS servers",
                  counters_.questions),
            count("weir_signaling_dns_failures_total", "questions that no server answered",
                  counters_.failures),
            count("weir_signaling_dns_stale_total",
                  "records used beyond their time because no server answered", counters_.stale)};
}

}  // namespace weir::signaling
