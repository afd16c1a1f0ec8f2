// SPDX-License-Identifier: Apache-2.0
// DnsBench: the locator over a table of records, in virtual time.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "signaling/dns/locator.hpp"
#include "tests/support/fake_loop.hpp"

namespace weir::tests {

// What is not in the table does not exist.
class RecordTable final : public signaling::DnsSource {
public:
    void ask(const signaling::DnsQuestion& question,
             std::function<void(signaling::DnsAnswer)> done) override {
        asked.push_back(question);
        open_.emplace_back(question, std::move(done));
    }
    // Answers everything, also what the answers lead to.
    void answer() {
        while (!open_.empty()) {
            auto [question, done] = std::move(open_.front());
            open_.pop_front();
            signaling::DnsAnswer answer;
            if (const auto known = records_.find(question); known != records_.end())
                answer = known->second;
            answer.ttl = std::chrono::seconds(60);
            done(answer);
        }
    }
    void host(const std::string& name, const char* address) {
        const auto parsed = *IpAddress::parse(address);
        const bool v4 = parsed.family == Family::v4;
        records_[{name, v4 ? signaling::DnsType::a : signaling::DnsType::aaaa}].addresses.push_back(
            parsed);
    }
    void service(const std::string& name, signaling::SrvRecord record) {
        records_[{name, signaling::DnsType::srv}].services.push_back(std::move(record));
    }
    void rule(const std::string& name, signaling::NaptrService record) {
        records_[{name, signaling::DnsType::naptr}].rules.push_back(std::move(record));
    }
    [[nodiscard]] bool was_asked(signaling::DnsType type) const {
        for (const auto& question : asked)
            if (question.type == type) return true;
        return false;
    }
    std::vector<signaling::DnsQuestion> asked;

private:
    std::map<signaling::DnsQuestion, signaling::DnsAnswer> records_;
    std::deque<std::pair<signaling::DnsQuestion, std::function<void(signaling::DnsAnswer)>>> open_;
};

struct DnsBench {
    // The way to a target once every question is answered: "udp 192.0.2.1:5060, ...".
    std::string way(const signaling::DnsTarget& target) {
        constexpr int kQuestionsInTurn = 5;  // NAPTR, SRV, addresses, and some
        for (int i = 0; i < kQuestionsInTurn && !locator.is_known(target); ++i)
            dns.answer();
        std::string text;
        for (const auto& hop : locator.locate(target))
            text += (text.empty() ? "" : ", ") + std::string(to_string(hop.transport)) + " " +
                    hop.endpoint.to_string();
        return text;
    }

    FakeLoop loop;
    RecordTable dns;
    SeededRandom random{5};
    NullLogger log;
    signaling::Locator locator{{loop, dns, random, log}};
};

}  // namespace weir::tests
