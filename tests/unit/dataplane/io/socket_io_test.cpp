// SPDX-License-Identifier: Apache-2.0
// The worker over kernel sockets on loopback: addresses, time stamps, overflow, the sleeping
// worker.
#include "dataplane/io/socket_io.hpp"

#include <algorithm>
#include <map>
#include <thread>

#include <poll.h>

#include "dataplane/io/io_limits.hpp"
#include "dataplane/io/media_socket.hpp"
#include "tests/unit/dataplane/engine/harness.hpp"

namespace weir::dataplane::tests {
namespace {

using std::chrono::milliseconds;

// A party: a plain socket of the test.
class Party {
public:
    explicit Party(const std::string& address) : fd_(*open_media_socket(at(address))) {}
    ~Party() { close(fd_); }
    Party(const Party&) = delete;
    Party& operator=(const Party&) = delete;

    Endpoint endpoint() const { return *local_endpoint(fd_); }
    void send(const Bytes& bytes, const Endpoint& to) const {
        SocketAddress target{};
        const socklen_t length = to_socket_address(to, target);
        ASSERT_EQ(sendto(fd_, bytes.data(), bytes.size(), 0, &target.generic, length),
                  static_cast<ssize_t>(bytes.size()))
            << std::strerror(errno);
    }
    // The next datagram, or nothing when none comes within two seconds.
    Bytes receive() const {
        pollfd waiting{fd_, POLLIN, 0};
        if (poll(&waiting, 1, 2000) != 1) return {};
        Bytes bytes(65536);
        const ssize_t got = recv(fd_, bytes.data(), bytes.size(), 0);
        bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return bytes;
    }

private:
    int fd_;
};

// Two loopback sockets of the relay and a worker over them; the test is control.
class SocketMode : public ::testing::Test {
protected:
    static constexpr SharedStateOptions kOptions{
        .sessions = 4, .pre_roll_bytes_total = 1U << 20U, .pre_roll_seconds = 2};

    SocketMode() : memory(shared_state_bytes(kOptions) + 64) {
        test_eal();
        pool = std::move(*BufferPool::create("socket_test_pool", 2047));
        void* start = memory.data();
        std::size_t space = memory.size();
        std::align(64, shared_state_bytes(kOptions), start, space);
        shared = *SharedState::attach(
            {static_cast<std::byte*>(start), shared_state_bytes(kOptions)}, kOptions);
        link = std::move(*WorkerLink::create(0));
        io = std::move(*SocketIo::create(1, link->wake_fd(), *pool));
        worker = std::make_unique<Worker>(WorkerOptions{}, *shared, *link, *io, *pool);
    }
    ~SocketMode() override {
        for (const int fd : fds)
            close(fd);
        worker.reset();
        io.reset();
    }

    Endpoint open_port(int receive_buffer = 1 << 20) {
        fds.push_back(*open_media_socket(at(address()), {.receive_buffer = receive_buffer}));
        return *local_endpoint(fds.back());
    }
    virtual const char* address() const { return "127.0.0.1"; }

    void open(const Party& caller, const Party& callee, int receive_buffer = 1 << 20) {
        SessionSlot& slot = shared->slots()[0];
        slot.generation = 1;
        slot.stream_count = 1;
        slot.streams[0].from[0].local_rtp = toward_caller = open_port(receive_buffer);
        slot.streams[0].from[1].local_rtp = toward_callee = open_port(receive_buffer);
        slot.streams[0].from[0].pre_roll_ring = 1;
        slot.streams[0].from[1].pre_roll_ring = 2;
        to_worker::Install install{.session = {0, 1}};
        install.ports[0][0].rtp = fds[0];
        install.ports[0][1].rtp = fds[1];
        send(install);
        send(to_worker::SetRemote{
            .session = {0, 1}, .side = Side::a, .rtp = caller.endpoint(), .rtcp = {}});
        send(to_worker::SetRemote{
            .session = {0, 1}, .side = Side::b, .rtp = callee.endpoint(), .rtcp = {}});
        turn();
    }
    void send(const WorkerCommand& command) { ASSERT_TRUE(link->send(command)); }
    void turn() { worker->turn(clock.now()); }
    StreamAccount& from_caller() { return shared->slots()[0].streams[0].from[0].account; }

    std::vector<std::byte> memory;
    std::unique_ptr<BufferPool> pool;
    std::optional<SharedState> shared;
    std::unique_ptr<WorkerLink> link;
    std::unique_ptr<SocketIo> io;
    std::unique_ptr<Worker> worker;
    std::vector<int> fds;
    Endpoint toward_caller;
    Endpoint toward_callee;
    SystemClock clock;
};

class BothFamilies : public SocketMode, public ::testing::WithParamInterface<const char*> {
protected:
    const char* address() const override { return GetParam(); }
};
TEST_P(BothFamilies, RelaysBothWays) {
    Party caller(address());
    Party callee(address());
    open(caller, callee);
    caller.send(rtp(1), toward_caller);
    callee.send(rtp(2, 0x2222), toward_callee);
    turn();
    EXPECT_EQ(callee.receive(), rtp(1));
    EXPECT_EQ(caller.receive(), rtp(2, 0x2222));
    EXPECT_EQ(from_caller().relayed, 1U);
}
INSTANTIATE_TEST_SUITE_P(Loopback, BothFamilies, ::testing::Values("127.0.0.1", "[::1]"),
                         [](const auto& family) { return family.index == 0 ? "IPv4" : "IPv6"; });

// Sockets of ours with datagrams waiting in each: {the socket's place, the datagram's number}.
class WaitingSockets : public SocketMode {
protected:
    void fill(std::uint8_t sockets, std::uint8_t datagrams) {
        const Party party("127.0.0.1");
        for (std::uint8_t place = 0; place < sockets; ++place) {
            const Endpoint port = open_port();
            places[port.port] = place;
            ASSERT_TRUE(io->add_port({port.port, 0, 0}, fds.back()));
            for (std::uint8_t number = 0; number < datagrams; ++number)
                party.send({place, number}, port);
        }
    }
    // What one look gives.
    std::vector<Bytes> look() {
        auto burst = std::make_unique<Burst>();
        io->receive(*burst, clock.now());
        std::vector<Bytes> found;
        for (std::uint16_t i = 0; i < burst->count; ++i) {
            const auto bytes = bytes_of_mbuf(burst->packets[i]);
            found.emplace_back(bytes.begin(), bytes.end());
            EXPECT_EQ(places.at(burst->meta[i].local.port), bytes[0]);
        }
        rte_pktmbuf_free_bulk(burst->packets.data(), burst->count);
        return found;
    }

    std::map<std::uint16_t, std::uint8_t> places;
};

TEST_F(WaitingSockets, WhereManyHaveDatagramsEachLookTakesOneOfEach) {
    constexpr std::uint8_t kSockets = 12;
    fill(kSockets, 3);
    for (std::uint8_t number = 0; number < 3; ++number) {
        auto found = look();
        std::sort(found.begin(), found.end());
        ASSERT_EQ(found.size(), kSockets);
        for (std::uint8_t place = 0; place < kSockets; ++place)
            EXPECT_EQ(found[place], (Bytes{place, number}));
    }
    EXPECT_TRUE(look().empty());
}

// 64 is what a look holds at most.
TEST_F(WaitingSockets, AFullLookMeansToBeBehindAndTakesManyOfEach) {
    fill(64, 3);
    const auto found = look();
    ASSERT_EQ(found.size(), kBurst);
    EXPECT_EQ(found[0][0], found[2][0]) << "the first socket gives all of its three";
    std::size_t all = found.size();
    for (auto more = look(); !more.empty(); more = look())
        all += more.size();
    EXPECT_EQ(all, 64U * 3);
}

TEST_F(WaitingSockets, WhereFewHaveThemALookTakesManyOfEach) {
    fill(2, 20);
    EXPECT_EQ(look().size(), 32U);
    EXPECT_EQ(look().size(), 8U);
    EXPECT_TRUE(look().empty());
}

TEST_F(SocketMode, ABurstKeepsItsOrder) {
    Party caller("127.0.0.1");
    Party callee("127.0.0.1");
    open(caller, callee);
    for (std::uint16_t i = 0; i < 100; ++i)
        caller.send(rtp(i), toward_caller);
    for (int i = 0; i < 20; ++i)
        turn();
    for (std::uint16_t i = 0; i < 100; ++i)
        ASSERT_EQ(sequence_of(callee.receive()), i);
}

TEST_F(SocketMode, AStrangerIsCountedAndNotRelayed) {
    Party caller("127.0.0.1");
    Party callee("127.0.0.1");
    Party stranger("127.0.0.1");
    open(caller, callee);
    stranger.send(rtp(1), toward_caller);
    caller.send(rtp(2), toward_caller);
    turn();
    EXPECT_EQ(sequence_of(callee.receive()), 2U);
    EXPECT_EQ(from_caller().drops[static_cast<std::size_t>(Verdict::wrong_source)], 1U);
}

TEST_F(SocketMode, HugeAndEmptyDatagramsAreCounted) {
    Party caller("127.0.0.1");
    Party callee("127.0.0.1");
    open(caller, callee);
    caller.send(Bytes(65507, 0x80), toward_caller);
    caller.send({}, toward_caller);
    caller.send(rtp(1, 1, 1489), toward_caller);
    caller.send(rtp(5), toward_caller);
    for (int i = 0; i < 4; ++i)
        turn();
    EXPECT_EQ(sequence_of(callee.receive()), 5U);
    EXPECT_EQ(from_caller().drops[static_cast<std::size_t>(Verdict::too_long)], 2U);
    EXPECT_EQ(from_caller().drops[static_cast<std::size_t>(Verdict::too_short)], 1U);
    EXPECT_EQ(check_laws(from_caller()), Law::none);
}

TEST_F(SocketMode, ArrivalIsTheKernelsTimeNotOurs) {
    Party caller("127.0.0.1");
    Party callee("127.0.0.1");
    open(caller, callee);
    const MonoTime before = clock.now();
    caller.send(rtp(1), toward_caller);
    const MonoTime after = clock.now();
    // The worker comes by later: by its own clock ten seconds.
    worker->turn(after + std::chrono::seconds(10));
    EXPECT_GE(from_caller().last_at_ns, (before - milliseconds(1)).ns);
    EXPECT_LE(from_caller().last_at_ns, (after + milliseconds(1)).ns);
}

TEST_F(SocketMode, EveryPacketLostInAFullSocketIsNamedOurs) {
    Party caller("127.0.0.1");
    Party callee("127.0.0.1");
    open(caller, callee, 4096);
    for (std::uint16_t i = 0; i < 200; ++i)
        caller.send(rtp(i), toward_caller);  // nobody reads
    for (int i = 0; i < 20; ++i)
        turn();
    caller.send(rtp(200), toward_caller);
    turn();
    const StreamAccount& account = from_caller();
    EXPECT_GT(account.lost_ours, 100U);
    EXPECT_EQ(account.lost_before_us, 0U);
    EXPECT_EQ(account.received + account.lost_ours, 201U);
    EXPECT_EQ(account.expected, 201U);
}

TEST_F(SocketMode, APacketLostAtTheVeryEndIsNamedOursWhenTheSessionEnds) {
    Party caller("127.0.0.1");
    Party callee("127.0.0.1");
    open(caller, callee, 4096);
    for (std::uint16_t i = 0; i < 200; ++i)
        caller.send(rtp(i), toward_caller);
    send(to_worker::CloseSession{{0, 1}});
    MonoTime now = clock.now();
    for (int i = 0; i < 100; ++i)
        worker->turn(now = now + milliseconds(10));
    const StreamAccount& account = from_caller();
    EXPECT_EQ(account.received + account.lost_ours, 200U);
    EXPECT_EQ(account.lost_before_us, 0U);
}

TEST_F(SocketMode, ASleepingWorkerWakesForPacketsAndCommands) {
    Party caller("127.0.0.1");
    Party callee("127.0.0.1");
    std::thread thread([this] { worker->run(clock); });
    while (shared->counters(0).idle_sleeps.load() == 0)
        std::this_thread::yield();
    SessionSlot& slot = shared->slots()[0];
    slot.generation = 1;
    slot.stream_count = 1;
    slot.streams[0].from[0].local_rtp = toward_caller = open_port();
    slot.streams[0].from[1].local_rtp = toward_callee = open_port();
    to_worker::Install install{.session = {0, 1}};
    install.ports[0][0].rtp = fds[0];
    install.ports[0][1].rtp = fds[1];
    send(install);
    send(to_worker::SetRemote{
        .session = {0, 1}, .side = Side::a, .rtp = caller.endpoint(), .rtcp = {}});
    send(to_worker::SetRemote{
        .session = {0, 1}, .side = Side::b, .rtp = callee.endpoint(), .rtcp = {}});
    caller.send(rtp(1), toward_caller);
    EXPECT_EQ(callee.receive(), rtp(1));
    send(to_worker::Quit{});
    thread.join();
}

// Packets that come fast do not wake the worker each by itself: it sleeps by the clock, and finds
// several.
TEST_F(SocketMode, AtAHighRateTheWorkerSleepsByTheClock) {
    Party caller("127.0.0.1");
    Party callee("127.0.0.1");
    open(caller, callee);
    constexpr auto kLong = std::chrono::seconds(1);
    const auto wait = [&] {
        const MonoTime begin = clock.now();
        io->wait(kLong);
        return clock.now() - begin;
    };
    MonoTime now = clock.now();
    const auto window_with = [&](std::size_t packets) {
        for (std::size_t i = 0; i < packets; ++i) {
            caller.send(rtp(static_cast<std::uint16_t>(i)), toward_caller);
            worker->turn(now);
        }
        now = now + kRateWindow;
        worker->turn(now);
    };
    window_with(kRestPackets + 1);
    EXPECT_LT(wait(), std::chrono::nanoseconds(kLong) / 2);
    window_with(0);
    EXPECT_GE(wait(), kLong);
}

TEST_F(SocketMode, NoCommandIsOverseenByAWorkerAboutToSleep) {
    std::thread thread([this] { worker->run(clock); });
    const MonoTime begin = clock.now();
    constexpr std::uint64_t kCommands = 2000;
    for (std::uint64_t tag = 1; tag <= kCommands; ++tag) {
        ASSERT_TRUE(link->send(to_worker::Snapshot{.session = {0, 1}, .buffer = 0, .tag = tag}));
        std::optional<WorkerEvent> event;
        while (!(event = link->receive()))
            std::this_thread::yield();
        ASSERT_EQ(std::get<from_worker::SnapshotReady>(*event).tag, tag);
    }
    send(to_worker::Quit{});
    thread.join();
    // Without a session a worker sleeps half a second: a few commands overseen would show.
    EXPECT_LT((clock.now() - begin) / kCommands, milliseconds(5));
}

TEST(MediaSocket, APortInUseIsNamed) {
    const int first = *open_media_socket(at("127.0.0.1"));
    const auto second = open_media_socket(*local_endpoint(first));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::exists);
    close(first);
}

TEST(MediaSocket, AnAddressThatIsNotOursIsNamed) {
    const auto socket = open_media_socket(at("192.0.2.1"));
    ASSERT_FALSE(socket);
    EXPECT_EQ(socket.error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace weir::dataplane::tests
