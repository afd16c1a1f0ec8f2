// SPDX-License-Identifier: Apache-2.0
// NameService: what the calls learn of names, for the listeners that there are.
#include "deploy/apps/name_service.hpp"

#include <deque>

#include <gtest/gtest.h>

#include "tests/support/fake_loop.hpp"

namespace weir::apps {
namespace {

using signaling::DnsAnswer;
using signaling::DnsQuestion;
using signaling::DnsType;
using signaling::SipTransport;

// Every name has an address of either family.
struct BothFamilies final : signaling::DnsSource {
    void ask(const DnsQuestion& question, std::function<void(DnsAnswer)> done) override {
        open.emplace_back(question.type, std::move(done));
    }
    void answer() {
        while (!open.empty()) {
            auto [type, done] = std::move(open.front());
            open.pop_front();
            DnsAnswer answer;
            answer.ttl = std::chrono::seconds(60);
            if (type == DnsType::a) answer.addresses = {*IpAddress::parse("192.0.2.1")};
            if (type == DnsType::aaaa) answer.addresses = {*IpAddress::parse("2001:db8::1")};
            done(answer);
        }
    }
    std::deque<std::pair<DnsType, std::function<void(DnsAnswer)>>> open;
};

class NameServiceTest : public testing::Test {
protected:
    NameServiceTest() {
        config::DialPeer& peer = config_.dial_peers[config::DialPeerTag{20}];
        peer.tag = config::DialPeerTag{20};
        peer.target.kind = config::SessionTarget::Kind::dns;
        peer.target.host = "trunk.example";
        names_.answer_for(network_);
    }
    // Where a call to the trunk would go.
    std::string located(const std::vector<const char*>& listeners) {
        NameService::Listeners open;
        for (const char* address : listeners)
            open.emplace_back(SipTransport::udp, *Endpoint::parse(address, 5060));
        names_.keep(config_, open);
        dns_.answer();
        std::string text;
        for (const auto& hop : network_.locate({"trunk.example", 5060, SipTransport::udp}))
            text += hop.endpoint.to_string() + " ";
        return text;
    }

    config::Config config_;
    tests::FakeLoop loop_;
    BothFamilies dns_;
    SeededRandom random_{7};
    NullLogger log_;
    NameService names_{nullptr, {loop_, dns_, random_, log_}, std::chrono::milliseconds(0)};
    signaling::NetworkKnowledge network_;
};

TEST_F(NameServiceTest, AddressesOfAFamilyWithoutAListenerAreLeftOut) {
    EXPECT_EQ(located({"198.51.100.1"}), "192.0.2.1:5060 ");
    EXPECT_EQ(located({"2001:db8::99"}), "[2001:db8::1]:5060 ") << "the listeners have changed";
    EXPECT_EQ(located({"198.51.100.1", "2001:db8::99"}), "192.0.2.1:5060 [2001:db8::1]:5060 ");
}

TEST_F(NameServiceTest, WhileNothingListensNothingIsLeftOut) {
    EXPECT_EQ(located({}), "192.0.2.1:5060 [2001:db8::1]:5060 ");
}

}  // namespace
}  // namespace weir::apps
