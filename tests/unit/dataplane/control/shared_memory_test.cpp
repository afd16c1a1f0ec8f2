// SPDX-License-Identifier: Apache-2.0
// The shared memory at the start of weir-media: made, found, refused, cleared.
#include "dataplane/control/shared_memory.hpp"

#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>


namespace weir::dataplane {
namespace {

constexpr SharedStateOptions kOptions{4, 1U << 20U, 1};

class SharedMemoryTest : public ::testing::Test {
protected:
    class Lines final : public Logger {
    public:
        void write(LogLevel, std::string_view event, std::initializer_list<LogField>) override {
            events.emplace_back(event);
        }
        std::vector<std::string> events;
    };

    SharedMemoryTest() : memory_(::memfd_create("test", MFD_CLOEXEC)) {}
    // Each start of weir-media gets its own descriptor of the supervisor's memory.
    Result<SharedMemory> start(const SharedStateOptions& options = kOptions) {
        return open_shared_memory(::dup(memory_.get()), options, log_);
    }
    UniqueFd memory_;
    Lines log_;
};

TEST_F(SharedMemoryTest, AnEmptyMemoryFileIsSizedAndLaidOut) {
    const auto memory = start();
    ASSERT_TRUE(memory) << memory.error().context;
    EXPECT_FALSE(memory->state.adopted());
    EXPECT_EQ(memory->state.slots().size(), 4U);
    EXPECT_TRUE(log_.events.empty());
}

TEST_F(SharedMemoryTest, WithoutASupervisorItMakesItsOwn) {
    const auto memory = open_shared_memory(-1, kOptions, log_);
    ASSERT_TRUE(memory) << memory.error().context;
    EXPECT_EQ(memory->state.slots().size(), 4U);
}

TEST_F(SharedMemoryTest, ASuccessorFindsWhatWasThere) {
    {
        const auto first = start();
        ASSERT_TRUE(first);
        first->state.slots()[2].use = SlotUse::open;
        first->state.slots()[2].generation = 99;
    }
    const auto second = start();
    ASSERT_TRUE(second);
    EXPECT_TRUE(second->state.adopted());
    EXPECT_EQ(second->state.slots()[2].generation, 99U);
    EXPECT_EQ(second->state.incarnation(), 2U);
}

TEST_F(SharedMemoryTest, ForeignContentIsClearedWithAReason) {
    const std::vector<char> garbage(10000, 'x');
    ASSERT_EQ(::write(memory_.get(), garbage.data(), garbage.size()), 10000);
    const auto memory = start();
    ASSERT_TRUE(memory) << memory.error().context;
    EXPECT_FALSE(memory->state.adopted());
    EXPECT_EQ(memory->state.slots()[0].use, SlotUse::free);
    EXPECT_EQ(log_.events, std::vector<std::string>{"control.memory_cleared"});
}

TEST_F(SharedMemoryTest, ShortContentIsClearedWithAReason) {
    ASSERT_EQ(::write(memory_.get(), "x", 1), 1);
    ASSERT_TRUE(start());
    EXPECT_EQ(log_.events, std::vector<std::string>{"control.memory_cleared"});
}

TEST_F(SharedMemoryTest, OtherSizesTakeEffectWhenNoSessionIsLeft) {
    ASSERT_TRUE(start());
    const auto memory = start({16, 1U << 20U, 1});
    ASSERT_TRUE(memory) << memory.error().context;
    EXPECT_EQ(memory->state.slots().size(), 16U);
    EXPECT_FALSE(memory->state.adopted());
}

TEST_F(SharedMemoryTest, OtherSizesDoNotEndSessionsInProgress) {
    {
        const auto first = start();
        ASSERT_TRUE(first);
        first->state.slots()[0].use = SlotUse::open;
    }
    const auto memory = start({16, 1U << 20U, 1});
    ASSERT_TRUE(memory);
    EXPECT_EQ(memory->state.slots().size(), 4U);
    EXPECT_EQ(memory->state.slots()[0].use, SlotUse::open);
    EXPECT_EQ(log_.events, std::vector<std::string>{"control.memory_kept"});
}

TEST_F(SharedMemoryTest, ADescriptorThatIsNoMemoryIsRefusedWithASentence) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const UniqueFd other(ends[1]);
    const auto memory = open_shared_memory(ends[0], kOptions, log_);
    ASSERT_FALSE(memory);
    EXPECT_NE(memory.error().context.find("--shared-memory-fd"), std::string::npos);
    EXPECT_FALSE(open_shared_memory(987, kOptions, log_));
}

}  // namespace
}  // namespace weir::dataplane
