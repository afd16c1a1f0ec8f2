// SPDX-License-Identifier: Apache-2.0
// The journal of bindings over a disk in memory: what the next process finds, what a full disk
// costs, and that the file stays bounded.
#include "signaling/client/binding_journal.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "signaling/edge/binding_limits.hpp"
#include "tests/support/fake_clock.hpp"

namespace weir::signaling {
namespace {

using std::chrono::seconds;

class LogLines final : public Logger {
public:
    void write(LogLevel, std::string_view event, std::initializer_list<LogField>) override {
        events.emplace_back(event);
    }
    std::vector<std::string> events;
};

class BindingJournalTest : public testing::Test {
protected:
    JournalDisk disk() {
        return {[this](std::size_t limit) -> Result<std::string> {
                    if (file_.size() > limit) return fail(ErrorCode::invalid, "larger");
                    return file_;
                },
                [this](std::string_view text) -> Result<void> {
                    const auto part = std::min(room_, text.size());
                    file_.append(text.substr(0, part));
                    room_ -= part;
                    if (part < text.size()) return fail(ErrorCode::io, "the disk is full");
                    return {};
                },
                [this](std::string_view text) -> Result<void> {
                    if (room_ < text.size()) return fail(ErrorCode::io, "the disk is full");
                    file_ = text;
                    ++made_anew_;
                    return {};
                }};
    }
    Binding telephone(unsigned number, seconds lasts = seconds(600)) const {
        Binding binding;
        binding.aor = std::to_string(number) + "@example.net";
        binding.contact = "sip:" + std::to_string(number) + "@10.1.1.5:5062";
        binding.token = binding_token(binding.aor, binding.contact);
        binding.path = {SipTransport::udp, *Endpoint::parse("198.51.100.1:5060", 0),
                        *Endpoint::parse("10.1.1.5:5062", 0)};
        binding.registrar = *IpAddress::parse("192.0.2.5");
        binding.until = clock_.now() + lasts;
        binding.registrar_until = binding.until;
        return binding;
    }
    // What a process that begins now finds.
    std::vector<std::string> next_process() {
        std::vector<std::string> found;
        BindingJournal next(disk(), clock_, log_);
        for (const Binding& binding : next.restore())
            found.push_back(binding.aor);
        std::sort(found.begin(), found.end());
        return found;
    }
    double metric(const std::string& name) const {
        for (const Metric& metric : journal_.metrics())
            if (metric.name == name) return metric.value;
        return -1;
    }

    std::string file_;
    std::size_t room_ = 1U << 30U;
    int made_anew_ = 0;
    tests::FakeClock clock_;
    LogLines log_;
    BindingJournal journal_{disk(), clock_, log_};
};

using Lines = std::vector<std::string>;

TEST_F(BindingJournalTest, TheNextProcessFindsWhatIsBoundAndNothingThatIsGoneOrOver) {
    for (const unsigned number : {1U, 2U})
        journal_.keep(telephone(number));
    journal_.keep(telephone(3, seconds(30)));
    EXPECT_TRUE(journal_.write());
    journal_.forget(telephone(2).token);
    EXPECT_TRUE(journal_.write());
    EXPECT_EQ(next_process(), (Lines{"1@example.net", "3@example.net"}));
    clock_.advance(seconds(31));
    EXPECT_EQ(next_process(), Lines{"1@example.net"});
}

TEST_F(BindingJournalTest, NoFileIsNoBindingAndNoComplaint) {
    EXPECT_EQ(next_process(), Lines{});
    EXPECT_TRUE(log_.events.empty());
}

TEST_F(BindingJournalTest, AFullDiskIsSaidOnceAndLosesNothing) {
    journal_.keep(telephone(1));
    EXPECT_TRUE(journal_.write());
    room_ = 100;  // half a line
    journal_.keep(telephone(2));
    journal_.keep(telephone(3));
    for (int i = 0; i < 5; ++i)
        EXPECT_FALSE(journal_.write());
    EXPECT_EQ(log_.events, Lines{"register.bindings_not_kept"});
    EXPECT_EQ(metric("weir_signaling_binding_write_failures_total"), 5);
    EXPECT_EQ(metric("weir_signaling_binding_changes_waiting"), 2);
    EXPECT_EQ(next_process(), Lines{"1@example.net"}) << "a cut line takes no other with it";
    journal_.forget(telephone(3).token);  // meanwhile
    room_ = 1U << 30U;
    EXPECT_TRUE(journal_.write());
    EXPECT_EQ(log_.events.back(), "register.bindings_kept_again");
    EXPECT_EQ(next_process(), (Lines{"1@example.net", "2@example.net"}));
}

TEST_F(BindingJournalTest, WhatWaitsForADiskIsBounded) {
    room_ = 0;
    const Binding one = telephone(1);
    for (std::size_t i = 0; i < kMaxBindingChanges + 10; ++i)
        journal_.forget("token" + std::to_string(i));
    journal_.keep(one);
    EXPECT_EQ(metric("weir_signaling_binding_changes_waiting"), kMaxBindingChanges);
    EXPECT_EQ(metric("weir_signaling_binding_changes_lost_total"), 11);
}

TEST_F(BindingJournalTest, RefreshesForAYearDoNotMakeTheFileGrow) {
    constexpr int kRefreshes = 20'000;
    std::size_t longest = 0;
    for (int i = 0; i < kRefreshes; ++i) {
        clock_.advance(seconds(30));
        journal_.keep(telephone(1));
        journal_.keep(telephone(2));
        ASSERT_TRUE(journal_.write());
        longest = std::max(longest, file_.size());
    }
    EXPECT_GT(made_anew_, 0);
    EXPECT_LT(longest, kBindingFileSlack + 4 * kMaxBindingLine);
    EXPECT_EQ(next_process(), (Lines{"1@example.net", "2@example.net"}));
}

TEST_F(BindingJournalTest, AfterARestartTheLastLineThatWasCutIsEnded) {
    journal_.keep(telephone(1));
    ASSERT_TRUE(journal_.write());
    const std::string whole = file_;
    file_ += whole.substr(0, whole.size() / 2);  // a crash inside the second line
    BindingJournal next(disk(), clock_, log_);
    EXPECT_EQ(next.restore().size(), 1U);
    next.keep(telephone(2));
    ASSERT_TRUE(next.write());
    EXPECT_EQ(next_process(), (Lines{"1@example.net", "2@example.net"}));
}

TEST_F(BindingJournalTest, AFileThatIsNotOursIsSaidAndMadeAnew) {
    file_.assign(kMaxBindingFile + 1, 'x');
    BindingJournal next(disk(), clock_, log_);
    EXPECT_TRUE(next.restore().empty());
    EXPECT_EQ(log_.events, Lines{"register.bindings_not_read"});
    next.keep(telephone(1));
    EXPECT_TRUE(next.write());
    EXPECT_LT(file_.size(), kMaxBindingLine);
    EXPECT_EQ(next_process(), Lines{"1@example.net"});
}

TEST_F(BindingJournalTest, APasswordInAContactTakesTheBindingOutOfTheFile) {
    Binding binding = telephone(1);
    journal_.keep(binding);
    EXPECT_TRUE(journal_.write());
    binding.contact = "sip:1:secret@10.1.1.5:5062";
    journal_.keep(binding);
    EXPECT_TRUE(journal_.write());
    EXPECT_EQ(file_.find("secret"), std::string::npos);
    EXPECT_EQ(next_process(), Lines{});
}

}  // namespace
}  // namespace weir::signaling
