// SPDX-License-Identifier: Apache-2.0
// A call through LinkClient, link, control and a real worker over loopback; its client dies;
// weir-media is replaced under it.
#include <filesystem>

#include <sys/mman.h>

#include "dataplane/control/media_node.hpp"
#include "dataplane/link/link_client.hpp"
#include "tests/unit/dataplane/control/control_fixture.hpp"
#include "tests/unit/dataplane/control/rtp_party.hpp"

namespace weir::tests {
namespace {

using namespace dataplane;

class Events final : public MediaEvents {
public:
    void on_media_event(const Event& event) override { all.push_back(event); }
    template <typename T>
    const T* last() const {
        for (auto it = all.rbegin(); it != all.rend(); ++it)
            if (const auto* found = std::get_if<T>(&*it)) return found;
        return nullptr;
    }
    template <typename T>
    std::size_t count() const {
        std::size_t n = 0;
        for (const auto& event : all)
            n += std::holds_alternative<T>(event) ? 1U : 0U;
        return n;
    }
    std::deque<Event> all;
};

class EndToEnd : public ::testing::Test {
protected:
    struct Call {
        SessionId session;
        std::array<Endpoint, 2> local;
    };

    EndToEnd() : memory_(::memfd_create("test", MFD_CLOEXEC)) {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "weir-media-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
    }
    ~EndToEnd() override {
        node_.reset();
        client_.reset();
        std::filesystem::remove_all(folder_);
    }
    void start_media() {
        MediaNodeOptions options;
        options.link_path = folder_ + "/media.sock";
        options.allowed_uids = {::geteuid()};
        options.realms = {{"lo", IpAddress::v4(127, 0, 0, 1)}};
        options.shared = {16, 4U << 20U, 2};
        options.memory_mib = 32;
        options.shared_memory_fd = ::dup(memory_.get());
        auto node = MediaNode::start(options, {test_eal(), random_, clock_, log_});
        ASSERT_TRUE(node) << node.error().context;
        node_ = std::move(*node);
    }
    void start_client(std::uint64_t incarnation) {
        events_.all.clear();
        client_ = *LinkClient::make({folder_ + "/media.sock", incarnation}, clock_, log_);
        client_->add_listener(events_);
        ASSERT_TRUE(turn_until([&] { return client_->is_up(); }));
        submit(SetPortRange{20000, 40000});
    }
    void turn() {
        if (client_) client_->run_once();
        if (node_) node_->run_once();
        for (RtpParty* party : {&a_, &b_, &recorder_})
            (void)party->receive();
    }
    bool turn_until(const std::function<bool()>& done) {
        return until([this] { turn(); }, done);
    }
    void submit(const Command& command) {
        const auto done = client_->submit(command);
        ASSERT_TRUE(done) << done.error().context;
    }
    Call open_call() {
        OpenSession open;
        open.tag = client_->next_tag();
        open.guid.words = {7, 7, 7, 7};
        open.recordable = 1;
        submit(open);
        const auto opened = events_.count<Opened>();
        EXPECT_TRUE(turn_until([&] { return events_.count<Opened>() > opened; }));
        const auto* leased = events_.last<Leased>();
        if (leased == nullptr) return {};
        EXPECT_EQ(leased->tag, open.tag);
        const Call call{leased->session, leased->streams[0].local_rtp};
        submit(SetRemote{call.session, 0, Side::a, a_.local(), {}});
        submit(SetRemote{call.session, 0, Side::b, b_.local(), {}});
        return call;
    }
    // `count` packets each way, a few milliseconds of turns apart.
    void talk(const Call& call, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            a_.send(call.local[0]);
            b_.send(call.local[1]);
            turn();
        }
    }
    ForkId start_fork(const Call& call) {
        LeaseFork lease;
        lease.tag = client_->next_tag();
        lease.session = call.session;
        lease.eligible_from_ns = 1;
        submit(lease);
        EXPECT_TRUE(turn_until([&] { return events_.last<ForkLeased>() != nullptr; }));
        const ForkId fork = events_.last<ForkLeased>()->fork;
        submit(StartFork{fork, recorder_.local(), {}});
        return fork;
    }

    SystemClock clock_;
    SystemRandom random_;
    NullLogger log_;
    UniqueFd memory_;
    std::string folder_;
    Events events_;
    RtpParty a_{0xA};
    RtpParty b_{0xB};
    RtpParty recorder_;
    std::unique_ptr<MediaNode> node_;
    std::unique_ptr<LinkClient> client_;
};

TEST_F(EndToEnd, ACallIsRelayedForkedReportedAndClosedWithItsAccounts) {
    start_media();
    start_client(5);
    const Call call = open_call();
    talk(call, 50);
    const ForkId fork = start_fork(call);  // the first 50 come out of the pre-roll
    talk(call, 50);
    EXPECT_TRUE(turn_until([&] {
        return a_.numbers.size() >= 100 && b_.numbers.size() >= 100 &&
               recorder_.numbers.size() >= 100;
    })) << a_.numbers.size()
        << " " << b_.numbers.size() << " " << recorder_.numbers.size();
    EXPECT_EQ(recorder_.numbers, b_.numbers) << "what side a sent, in its order";

    submit(ReadSession{900, call.session});
    ASSERT_TRUE(turn_until([&] { return events_.last<Report>() != nullptr; }));
    EXPECT_EQ(events_.last<Report>()->state.streams[0][0].relayed, 100U);
    submit(StopFork{fork, 1});
    submit(CloseSession{call.session});
    ASSERT_TRUE(turn_until([&] { return events_.last<Closed>() && events_.last<ForkClosed>(); }));
    const auto& state = events_.last<Closed>()->state;
    EXPECT_EQ(state.streams[0][0].received, 100U);
    EXPECT_EQ(state.streams[0][1].relayed, 100U);
    const auto& account = events_.last<ForkClosed>()->account;
    EXPECT_EQ(account.eligible, 100U);
    EXPECT_EQ(account.sent, 100U);
    EXPECT_EQ(check_laws(account), Law::none);
    EXPECT_EQ(check_laws(state.streams[0][0]), Law::none);
    submit(ReadPlane{901});
    ASSERT_TRUE(turn_until([&] { return events_.last<PlaneReport>() != nullptr; }));
    EXPECT_EQ(events_.last<PlaneReport>()->sessions, 0U);
    EXPECT_EQ(events_.last<PlaneReport>()->ports_in_use, 0U);
    EXPECT_EQ(events_.last<PlaneReport>()->ports_quarantined, 3U);
    EXPECT_GE(events_.last<PlaneReport>()->relayed, 200U);
    EXPECT_STREQ(events_.last<PlaneReport>()->io_mode, "socket");
}

TEST_F(EndToEnd, TheRelayGoesOnWithoutItsClientAndTheNextOneAdoptsOrCloses) {
    start_media();
    start_client(5);
    const Call kept = open_call();
    client_.reset();  // as when weir-sip was killed
    talk(kept, 30);
    EXPECT_TRUE(turn_until([&] { return a_.numbers.size() >= 30 && b_.numbers.size() >= 30; }));

    start_client(6);
    submit(ListSessions{1});
    ASSERT_TRUE(turn_until([&] { return events_.last<ListEnd>() != nullptr; }));
    ASSERT_EQ(events_.last<ListEnd>()->count, 1U);
    EXPECT_EQ(events_.last<Listed>()->session, kept.session);
    EXPECT_EQ(events_.last<Listed>()->owned, 0);
    submit(AdoptSession{kept.session});
    submit(ListSessions{2});
    ASSERT_TRUE(turn_until([&] { return events_.count<ListEnd>() == 2; }));
    EXPECT_EQ(events_.last<Listed>()->owned, 1);
    talk(kept, 20);
    EXPECT_TRUE(turn_until([&] { return a_.numbers.size() >= 50 && b_.numbers.size() >= 50; }));
    submit(CloseSession{kept.session});
    ASSERT_TRUE(turn_until([&] { return events_.last<Closed>() != nullptr; }));
    EXPECT_EQ(events_.last<Closed>()->state.streams[0][0].received, 50U);
}

TEST_F(EndToEnd, ASuccessorOfWeirMediaGoesOnWithPortsSourceAndCounters) {
    start_media();
    start_client(5);
    const Call call = open_call();
    (void)start_fork(call);
    talk(call, 20);
    ASSERT_TRUE(
        turn_until([&] { return recorder_.numbers.size() >= 20 && a_.numbers.size() >= 20; }));
    const auto first_incarnation = events_.last<PlaneUp>()->media_incarnation;

    node_.reset();
    a_.send(call.local[0]);  // nobody receives this one
    start_media();
    ASSERT_TRUE(turn_until([&] { return events_.count<PlaneUp>() == 2; }));
    EXPECT_NE(events_.last<PlaneUp>()->media_incarnation, first_incarnation);
    submit(ListSessions{1});
    ASSERT_TRUE(turn_until([&] { return events_.last<ListEnd>() != nullptr; }));
    ASSERT_EQ(events_.last<ListEnd>()->count, 1U);
    EXPECT_EQ(events_.last<Listed>()->owned, 1) << "the same weir-sip";

    talk(call, 20);
    ASSERT_TRUE(turn_until([&] {
        return recorder_.numbers.size() >= 40 && a_.numbers.size() >= 40;
    })) << recorder_.numbers.size()
        << " " << a_.numbers.size();
    EXPECT_EQ(recorder_.ssrcs.front(), recorder_.ssrcs.back());
    submit(CloseSession{call.session});
    ASSERT_TRUE(turn_until([&] { return events_.last<Closed>() != nullptr; }));
    const auto& account = events_.last<Closed>()->state.streams[0][0];
    EXPECT_EQ(account.received, 40U);
    EXPECT_EQ(account.lost_ours, 1U) << "the packet of the restart is ours";
    EXPECT_EQ(account.lost_before_us, 0U);
}

TEST_F(EndToEnd, ASecondInstanceOnTheSameSocketIsRefusedAndHarmsNothing) {
    start_media();
    start_client(5);
    MediaNodeOptions options;
    options.link_path = folder_ + "/media.sock";
    options.realms = {{"lo", IpAddress::v4(127, 0, 0, 1)}};
    const auto second = MediaNode::start(options, {test_eal(), random_, clock_, log_});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::exists);
    const Call call = open_call();
    EXPECT_TRUE(call.session.is_set());
}

TEST_F(EndToEnd, AnAddressThatIsNotOfThisMachineIsNamed) {
    MediaNodeOptions options;
    options.link_path = folder_ + "/media.sock";
    options.realms = {{"far", IpAddress::v4(203, 0, 113, 9)}};
    const auto node = MediaNode::start(options, {test_eal(), random_, clock_, log_});
    ASSERT_FALSE(node);
    EXPECT_EQ(node.error().code, ErrorCode::not_found);
    EXPECT_NE(node.error().context.find("far"), std::string::npos);
    EXPECT_NE(node.error().context.find("203.0.113.9"), std::string::npos);
}

}  // namespace
}  // namespace weir::tests
