// SPDX-License-Identifier: Apache-2.0
// The pure parts of 100rel: queue, repetitions, order, early dialogs, the alarm.
#include "signaling/call/reliable.hpp"

#include <chrono>

#include <gtest/gtest.h>

#include "signaling/call/early_dialogs.hpp"
#include "signaling/call/prack_alarm.hpp"
#include "signaling/call/reliable_limits.hpp"

namespace weir::signaling {
namespace {

using namespace std::chrono_literals;

SipMessage response(int status, const char* body = "") {
    SipMessage message;
    message.is_request = false;
    message.status = status;
    message.body = body;
    return message;
}

ReliableSender sender(std::uint32_t first = 10) {
    return ReliableSender({first, 500ms, 6, "100rel"});
}

TEST(ReliableSender, GivesTheFirstNumberAndRequiresTheTag) {
    auto side = sender();
    const auto sent = side.send(response(183));
    ASSERT_TRUE(sent);
    EXPECT_EQ(*sent->find("RSeq"), "10");
    EXPECT_TRUE(sent->lists("Require", "100rel"));
}

TEST(ReliableSender, KeepsOtherRequirements) {
    auto side = sender();
    auto message = response(183);
    message.add("Require", "precondition");
    EXPECT_EQ(*side.send(message)->find("Require"), "precondition, 100rel");
}

TEST(ReliableSender, QueuesBehindTheOutstandingOneInOrder) {
    auto side = sender();
    (void)side.send(response(180));
    EXPECT_FALSE(side.send(response(181)));
    EXPECT_FALSE(side.send(response(182)));
    EXPECT_FALSE(side.next());  // not before the PRACK
    EXPECT_EQ(side.acknowledge({10, 1, "INVITE"}, 1), ReliableSender::Ack::current);
    EXPECT_EQ(side.next()->status, 181);
    EXPECT_FALSE(side.next());
    EXPECT_EQ(side.acknowledge({11, 1, "INVITE"}, 1), ReliableSender::Ack::current);
    EXPECT_EQ(side.next()->status, 182);
}

TEST(ReliableSender, DropsWhatDoesNotFitTheQueue) {
    auto side = sender();
    for (std::size_t i = 0; i < 3 * kMaxQueuedProgress; ++i)
        (void)side.send(response(182));
    std::size_t sent = 0;
    for (std::uint32_t rseq = 10;
         side.acknowledge({rseq, 1, "INVITE"}, 1) == ReliableSender::Ack::current; ++rseq)
        sent += side.next() ? 1 : 0;
    EXPECT_EQ(sent, kMaxQueuedProgress);
}

// Spec N2: given up after interval * 2^retries.
TEST(ReliableSender, WaitsSumUpTo32Seconds) {
    auto side = sender();
    (void)side.send(response(180));
    auto total = side.wait();
    unsigned repeated = 0;
    while (side.repeat()) {
        ++repeated;
        total += side.wait();
    }
    EXPECT_EQ(repeated, 6U);
    EXPECT_EQ(total, 32s);
}

TEST(ReliableSender, HoldsTheAnswerWhileADescriptionIsUnacknowledged) {
    auto side = sender();
    (void)side.send(response(183, "v=0"));
    EXPECT_TRUE(side.holds_answer());
    EXPECT_FALSE(side.is_described());
    (void)side.acknowledge({10, 1, "INVITE"}, 1);
    EXPECT_FALSE(side.holds_answer());
    EXPECT_TRUE(side.is_described());
}

TEST(ReliableSender, KnowsADescriptionThatWaitsInTheQueue) {
    auto side = sender();
    (void)side.send(response(180));
    EXPECT_FALSE(side.will_describe());
    (void)side.send(response(183, "v=0"));
    EXPECT_TRUE(side.will_describe());
    EXPECT_FALSE(side.has_described());
}

TEST(ReliableSender, BehindTheFinalResponseNothingIsSentAndThePrackIsLate) {
    auto side = sender();
    (void)side.send(response(180));
    (void)side.send(response(182));
    side.finish();
    EXPECT_FALSE(side.repeat());
    EXPECT_FALSE(side.send(response(183)));
    EXPECT_EQ(side.acknowledge({10, 1, "INVITE"}, 1), ReliableSender::Ack::late);
    EXPECT_FALSE(side.next());
    EXPECT_EQ(side.acknowledge({10, 1, "INVITE"}, 1), ReliableSender::Ack::none);
}

TEST(ReliableReceiver, TakesEachNumberOnceInOrder) {
    ReliableReceiver side;
    EXPECT_EQ(side.receive(4294967290U), ReliableReceiver::Order::next);
    EXPECT_EQ(side.receive(4294967290U), ReliableReceiver::Order::repeated);
    EXPECT_EQ(side.receive(4294967292U), ReliableReceiver::Order::gap);
    EXPECT_EQ(side.receive(4294967291U), ReliableReceiver::Order::next);
    EXPECT_EQ(side.receive(1), ReliableReceiver::Order::repeated);
}

// Behind the highest number nothing is "one higher": zero is no RSeq.
TEST(ReliableReceiver, DoesNotWrap) {
    ReliableReceiver side;
    EXPECT_EQ(side.receive(4294967295U), ReliableReceiver::Order::next);
    EXPECT_NE(side.receive(1), ReliableReceiver::Order::next);
}

TEST(Reliable1xxStats, EachEventHasItsField) {
    Reliable1xxStats stats;
    for (const auto event :
         {Reliable1xxEvent::sent, Reliable1xxEvent::repeated, Reliable1xxEvent::silent,
          Reliable1xxEvent::acknowledged, Reliable1xxEvent::refused, Reliable1xxEvent::given_up,
          Reliable1xxEvent::received, Reliable1xxEvent::prack_sent, Reliable1xxEvent::prack_failed,
          Reliable1xxEvent::out_of_order})
        stats.count(event);
    EXPECT_EQ(stats, (Reliable1xxStats{1, 1, 1, 1, 1, 1, 1, 1, 1}));
}

// ---- early dialogs ----------------------------------------------------------------------------

Dialog begun() {
    DialogStart start;
    start.call_id = "one@us";
    start.local_tag = "us";
    start.local = "<sip:100@us>";
    start.remote = "<sip:200@them>";
    start.remote_target = "sip:200@192.0.2.20";
    Dialog dialog(start);
    (void)dialog.invite({});
    return dialog;
}

SipMessage of_fork(const std::string& tag) {
    SipMessage message = response(180);
    message.add("To", "<sip:200@them>;tag=" + tag);
    message.add("Contact", "<sip:" + tag + "@192.0.2.20>");
    return message;
}

TEST(EarlyDialogs, EachTagHasItsOwnSequence) {
    EarlyDialogs forks;
    Dialog current = begun();
    forks.begin(current);
    ASSERT_NE(forks.select(of_fork("one"), current), nullptr);
    (void)current.request("PRACK");
    (void)current.request("PRACK");
    ASSERT_NE(forks.select(of_fork("two"), current), nullptr);
    EXPECT_EQ(current.last_cseq(), 101U);
    EXPECT_EQ(current.remote_target(), "sip:two@192.0.2.20");
    ASSERT_NE(forks.select(of_fork("one"), current), nullptr);
    EXPECT_EQ(current.last_cseq(), 103U);
    EXPECT_EQ(current.remote_target(), "sip:one@192.0.2.20");
}

TEST(EarlyDialogs, RequestsFindTheirOwn) {
    EarlyDialogs forks;
    Dialog current = begun();
    forks.begin(current);
    (void)forks.select(of_fork("one"), current);
    (void)forks.select(of_fork("two"), current);
    SipMessage update;
    update.method = "UPDATE";
    update.add("Call-ID", "one@us");
    update.add("To", "<sip:100@us>;tag=us");
    update.add("From", "<sip:200@them>;tag=one");
    EXPECT_TRUE(forks.has(update));
    EXPECT_TRUE(forks.select_for_request(update, current));
    EXPECT_EQ(current.remote_tag(), "one");
    update.set("From", "<sip:200@them>;tag=three");
    EXPECT_FALSE(forks.has(update));
}

TEST(EarlyDialogs, AreBounded) {
    EarlyDialogs forks;
    Dialog current = begun();
    forks.begin(current);
    for (std::size_t i = 0; i < kMaxEarlyDialogs; ++i)
        EXPECT_NE(forks.select(of_fork(std::to_string(i)), current), nullptr);
    EXPECT_EQ(forks.select(of_fork("more"), current), nullptr);
    EXPECT_NE(forks.select(of_fork("0"), current), nullptr);
}

// ---- the alarm --------------------------------------------------------------------------------

TEST(PrackAlarm, SpeaksOnceForEachPeerAndInterval) {
    PrackAlarm alarm;
    const MonoTime begin{};
    const config::DialPeerTag peer{20};
    EXPECT_EQ(alarm.note(peer, begin), 1U);
    EXPECT_EQ(alarm.note(peer, begin + 1s), std::nullopt);
    EXPECT_EQ(alarm.note(config::DialPeerTag{21}, begin + 1s), 1U);
    EXPECT_EQ(alarm.note(peer, begin + kPrackAlarmInterval), 2U);
    EXPECT_EQ(prack_alarm_text(peer), "peer 20 does not PRACK; consider rel1xx disable");
}

}  // namespace
}  // namespace weir::signaling
