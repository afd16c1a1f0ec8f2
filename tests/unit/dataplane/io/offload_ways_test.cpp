// SPDX-License-Identifier: Apache-2.0
// Which devices flows may leave by: those that are there, up, and whose other end takes what XDP
// programs send; and what is said of it, once.
#include <algorithm>

#include <gmock/gmock.h>
#include <sys/eventfd.h>

#include "dataplane/io/af_packet.hpp"
#include "dataplane/io/frame_media_io.hpp"
#include "tests/unit/dataplane/io/af_packet_network.hpp"
#include "tests/unit/dataplane/io/flow_kernel.hpp"

namespace weir::dataplane::tests {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const IpAddress kLocal = IpAddress::v4(10, 0, 0, 1);

// A kernel device with tables of flows, and no program that would read them.
class RelayingSockets final : public DeviceCompanion {
public:
    explicit RelayingSockets(const std::string& interface)
        : sockets({.name = "lan", .interface = interface}) {}
    Result<void> before_open() override { return sockets.before_open(); }
    Result<void> after_open(const FrameDevice& device) override {
        WEIR_TRY(sockets.after_open(device));
        if (!trouble.empty()) return {};
        auto opened = FlowTable::open(kernel.maps(), std::span<const IpAddress>(&kLocal, 1), 1);
        if (!opened) return fail(opened.error());
        table = std::move(*opened);
        return {};
    }
    void after_close() override {
        table.reset();
        sockets.after_close();
    }
    std::uint64_t missed() noexcept override { return sockets.missed(); }
    FlowTable* flows() noexcept override { return table.get(); }
    std::string flow_trouble() const override { return trouble; }

    PacketSockets sockets;
    FlowMapSet kernel;
    std::unique_ptr<FlowTable> table;
    std::string trouble;
};

// What was said of offload.
class OffloadLog final : public Logger {
public:
    void write(LogLevel, std::string_view event, std::initializer_list<LogField> fields) override {
        if (event != "io.offload") return;
        for (const LogField& field : fields)
            if (field.key == "state") said.push_back(field.value);
    }
    std::vector<std::string> said;
};

class OffloadWays : public VethPair {
protected:
    void SetUp() override {
        VethPair::SetUp();
        if (IsSkipped()) return;
        wake_fd_ = UniqueFd(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
        lan_ = std::make_shared<RelayingSockets>("near");
        index_ = if_nametoindex("near");
    }
    void open(bool is_asked = true) {
        FrameMediaIoOptions options;
        options.mode = "af_xdp";
        options.ports.push_back(port_of("lan", lan_));
        if (wan_ != nullptr) options.ports.push_back(port_of("wan", wan_));
        options.realms.push_back({.address = kLocal});
        if (is_asked)
            options.sends_xdp_frames = [this](unsigned device) {
                asked_.push_back(device);
                return sends_ && device != mute_;
            };
        const std::array wake_fds{wake_fd_.get()};
        auto opened = FrameMediaIo::open(std::move(options), wake_fds, *pool(), log_);
        ASSERT_TRUE(opened) << opened.error().context;
        media_ = std::move(*opened);
        // The carrier is told by the kernel's own work queue: a moment later.
        ASSERT_TRUE(look_until([&] {
            const auto devices = media_->devices();
            return std::all_of(devices.begin(), devices.end(),
                               [](const DeviceReport& device) { return device.is_up; });
        }));
    }
    static FramePort port_of(const char* name, const std::shared_ptr<RelayingSockets>& device) {
        FramePort port;
        port.name = name;
        port.options = [device] { return device->sockets.device_options(); };
        port.companion = device;
        return port;
    }
    // One look by control and one turn of the worker.
    void look() {
        media_->look_after(now_, [](const RealmLink&) {});
        burst_.count = 0;
        media_->worker_io(0).receive(burst_, now_);
        for (std::uint16_t i = 0; i < burst_.count; ++i)
            rte_pktmbuf_free(burst_.packets[i]);
        now_ = now_ + kDevicePoll;
    }
    bool look_until(const std::function<bool()>& wanted) {
        for (int i = 0; i < 400; ++i) {
            look();
            if (wanted()) return true;
            (void)::poll(nullptr, 0, 5);
        }
        return false;
    }
    bool is_usable() const { return lan_->table != nullptr && lan_->table->ways().is_usable(0); }

    OffloadLog log_;
    UniqueFd wake_fd_;
    std::shared_ptr<RelayingSockets> lan_;
    std::shared_ptr<RelayingSockets> wan_;  // where a test has it
    std::unique_ptr<MediaIo> media_;
    std::vector<unsigned> asked_;
    unsigned index_ = 0;
    bool sends_ = true;
    unsigned mute_ = 0;  // the device that does not send all the same
    MonoTime now_{1'000'000'000};
    Burst burst_;
};

TEST_F(OffloadWays, ADeviceThatSendsIsAWay) {
    open();
    EXPECT_TRUE(is_usable());
    EXPECT_EQ(lan_->kernel.way(0).device, index_);
    EXPECT_THAT(asked_, ::testing::Each(index_));
    EXPECT_NE(media_->worker_io(0).offload(), nullptr);
}

TEST_F(OffloadWays, WithoutOffloadNobodyIsAsked) {
    open(false);
    EXPECT_FALSE(is_usable());
    EXPECT_EQ(media_->worker_io(0).offload(), nullptr);
    EXPECT_THAT(log_.said, IsEmpty());
}

TEST_F(OffloadWays, ADeviceThatDoesNotSendIsNoWay) {
    sends_ = false;
    open();
    EXPECT_FALSE(is_usable());
}

TEST_F(OffloadWays, ADeviceIsAWayFromWhenItSendsToWhenItDoesNoMore) {
    sends_ = false;
    open();
    sends_ = true;
    look();
    EXPECT_TRUE(is_usable());
    sends_ = false;
    look();
    EXPECT_FALSE(is_usable());
}

TEST_F(OffloadWays, ADeviceWhoseLinkIsDownIsNoWayUntilItIsUp) {
    open();
    ASSERT_TRUE(ip("link set far down"));
    EXPECT_TRUE(look_until([&] { return !is_usable(); }));
    EXPECT_FALSE(media_->devices().front().is_up);
    ASSERT_TRUE(ip("link set far up"));
    EXPECT_TRUE(look_until([&] { return is_usable(); }));
}

TEST_F(OffloadWays, ADeviceThatCameBackIsAWayUnderItsNewNumber) {
    open();
    ASSERT_TRUE(ip("link del near"));
    ASSERT_TRUE(look_until([&] { return lan_->table == nullptr; }));
    ASSERT_TRUE(make_pair());
    ASSERT_TRUE(look_until([&] { return is_usable(); }));
    EXPECT_NE(if_nametoindex("near"), index_);
    EXPECT_EQ(lan_->kernel.way(0).device, if_nametoindex("near"));
}

// Each program has a table of its own, and may send by every device.
TEST_F(OffloadWays, EachDeviceKnowsAllWays) {
    ASSERT_TRUE(ip("link add near2 type veth peer name far2"));
    ASSERT_TRUE(ip("link set near2 addrgenmode none up") &&
                ip("link set far2 addrgenmode none up"));
    wan_ = std::make_shared<RelayingSockets>("near2");
    mute_ = if_nametoindex("near2");
    open();
    for (const auto& device : {lan_, wan_}) {
        EXPECT_EQ(device->kernel.way(0).device, index_);
        EXPECT_TRUE(device->table->ways().is_usable(0));
        EXPECT_EQ(device->kernel.way(1).device, mute_);
        EXPECT_FALSE(device->table->ways().is_usable(1));
    }
    EXPECT_THAT(log_.said, ::testing::UnorderedElementsAre(HasSubstr("the kernel relays"),
                                                           HasSubstr("the other end of wan")));
}

TEST_F(OffloadWays, ThatTheKernelRelaysIsSaidOnce) {
    open();
    for (int i = 0; i < 3; ++i)
        look();
    EXPECT_THAT(log_.said, ElementsAre(HasSubstr("the kernel relays")));
}

TEST_F(OffloadWays, ThatADeviceDoesNotSendIsSaidOnceAndAgainWhenItChanges) {
    sends_ = false;
    open();
    for (int i = 0; i < 3; ++i)
        look();
    EXPECT_THAT(log_.said, ElementsAre(HasSubstr("would not arrive at the other end of lan")));
    sends_ = true;
    look();
    look();
    ASSERT_EQ(log_.said.size(), 2U);
    EXPECT_THAT(log_.said[1], HasSubstr("the kernel relays"));
}

TEST_F(OffloadWays, ALinkThatWentDownAndUpIsNoNews) {
    open();
    ASSERT_TRUE(ip("link set far down"));
    ASSERT_TRUE(look_until([&] { return !is_usable(); }));
    ASSERT_TRUE(ip("link set far up"));
    ASSERT_TRUE(look_until([&] { return is_usable(); }));
    EXPECT_EQ(log_.said.size(), 1U);
}

TEST_F(OffloadWays, WhyTheKernelCannotRelayIsSaidOnce) {
    lan_->trouble = "this kernel does not take the XDP program";
    open();
    look();
    EXPECT_THAT(log_.said, ElementsAre("this kernel does not take the XDP program"));
}

}  // namespace
}  // namespace weir::dataplane::tests
