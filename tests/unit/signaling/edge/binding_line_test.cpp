// SPDX-License-Identifier: Apache-2.0
// Bindings as lines of a journal: what is read is what was written, less the time that has passed.
#include "signaling/edge/binding_line.hpp"

#include <gtest/gtest.h>

#include "config/base/random.hpp"
#include "signaling/edge/binding_limits.hpp"

namespace weir::signaling {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr std::int64_t kSecond = 1'000'000'000;
const BothClocks kNow{MonoTime{500 * kSecond}, WallTime{1'790'000'000 * kSecond}};

// Another process, with a monotonic clock of its own.
BothClocks later(seconds by) {
    return {MonoTime{7 * kSecond}, WallTime{kNow.wall.ns + by.count() * kSecond}};
}

Binding telephone(const std::string& token = "0123456789abcdef") {
    Binding binding;
    binding.token = token;
    binding.aor = "100@example.net";
    binding.contact = "sip:100@10.1.1.5:5062;line=a%20b";
    binding.parameters = ";+sip.instance=\"<urn:uuid:1>\";note=\"a\tb\"";
    binding.path = {SipTransport::udp, *Endpoint::parse("198.51.100.1:5060", 0),
                    *Endpoint::parse("[2001:db8::5]:5062", 0)};
    binding.routes = {"<sip:one.example;lr>", "<sip:two.example;lr>"};
    binding.peer = config::DialPeerTag(400);
    binding.registrar = *IpAddress::parse("192.0.2.5");
    binding.registrar_index = 2;
    binding.until = kNow.mono + seconds(60);
    binding.registrar_until = kNow.mono + seconds(3600);
    binding.refresh_from = kNow.mono + seconds(2880);
    binding.call_id = "one@10.1.1.5";
    binding.cseq = 7;
    binding.skew = 1;
    binding.asked = 3;
    binding.answered_here = 40;
    return binding;
}

TEST(BindingLineTest, ABindingIsReadAsItWasWrittenLessTheTimeThatHasPassed) {
    const Binding written = telephone();
    const auto now = later(seconds(20));
    const auto read = read_bound_line(bound_line(written, kNow), now);
    ASSERT_TRUE(read) << read.error().context;
    EXPECT_EQ(read->token, written.token);
    EXPECT_EQ(read->aor, written.aor);
    EXPECT_EQ(read->contact, written.contact);
    EXPECT_EQ(read->parameters, written.parameters);
    EXPECT_EQ(read->path, written.path);
    EXPECT_EQ(read->routes, written.routes);
    EXPECT_EQ(read->peer, written.peer);
    EXPECT_EQ(read->registrar, written.registrar);
    EXPECT_EQ(read->registrar_index, 2);
    EXPECT_EQ(read->call_id, written.call_id);
    EXPECT_EQ(read->cseq, 7U);
    EXPECT_EQ(read->skew, 1U);
    EXPECT_EQ(read->asked, 3U);
    EXPECT_EQ(read->answered_here, 40U);
    EXPECT_EQ(read->until, now.mono + seconds(40));
    EXPECT_EQ(read->registrar_until, now.mono + seconds(3580));
    EXPECT_EQ(read->refresh_from, now.mono + seconds(2860));
}

TEST(BindingLineTest, AWallClockThatWasSetBackGivesNoTime) {
    const auto now = later(-hours(1));
    const auto read = read_bound_line(bound_line(telephone(), kNow), now);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->until, now.mono + seconds(60));
}

TEST(BindingLineTest, APasswordInAContactIsNotKept) {
    Binding binding = telephone();
    binding.contact = "sip:100:secret@10.1.1.5";
    EXPECT_EQ(bound_line(binding, kNow), "");
}

TEST(BindingLineTest, ALineHasABound) {
    Binding binding = telephone();
    binding.call_id.assign(kMaxBindingLine, 'c');
    EXPECT_EQ(bound_line(binding, kNow), "");
}

TEST(BindingLineTest, TheLastLineOfATokenCountsAndWhatIsOverIsLeftOut) {
    Binding anew = telephone();
    anew.cseq = 8;
    Binding gone = telephone("1111111111111111");
    Binding over = telephone("2222222222222222");
    over.until = kNow.mono + seconds(10);
    const std::string last = bound_line(anew, kNow);
    const std::string text = bound_line(telephone(), kNow) + "\n" + bound_line(gone, kNow) + "\n" +
                             bound_line(over, kNow) + "\n" + gone_line(gone.token) + "\n" + last +
                             "\n";
    const auto folded = fold_journal(text, later(seconds(10)).wall);
    EXPECT_EQ(folded.damaged, 0U);
    ASSERT_EQ(folded.lines.size(), 1U);
    EXPECT_EQ(folded.lines.at(anew.token), last);
    EXPECT_EQ(folded.bytes, last.size() + 1);
}

TEST(BindingLineTest, ALineThatACrashHasCutTakesNoOtherWithIt) {
    const std::string whole = bound_line(telephone(), kNow);
    const std::string other = bound_line(telephone("1111111111111111"), kNow);
    for (std::size_t cut = 1; cut < whole.size(); ++cut) {
        const std::string text = whole.substr(0, cut) + "\n" + other + "\n";
        const auto folded = fold_journal(text, kNow.wall);
        ASSERT_EQ(folded.lines.size(), 1U) << cut;
        ASSERT_EQ(folded.damaged, 1U) << cut;
    }
}

TEST(BindingLineTest, DamagedBytesAreNeverAnotherBinding) {
    constexpr std::uint64_t kSeed = 20'261'121;
    SeededRandom random(kSeed);
    const std::string whole = bound_line(telephone(), kNow);
    for (int i = 0; i < 5'000; ++i) {
        std::string damaged = whole;
        const auto changes = 1 + random.below(4);
        for (std::uint64_t n = 0; n < changes; ++n)
            damaged[random.below(damaged.size())] = static_cast<char>(random.below(256));
        if (damaged == whole) continue;
        EXPECT_FALSE(read_bound_line(damaged, kNow)) << "seed " << kSeed << ", turn " << i;
        for (const auto& [token, line] : fold_journal(damaged, kNow.wall).lines)
            EXPECT_EQ(line, whole) << "seed " << kSeed << ", turn " << i;
    }
}

TEST(BindingLineTest, AStreamIsFoundAgainOnlyWhereItsContactIs) {
    Binding binding = telephone();
    EXPECT_TRUE(find_again(binding)) << "UDP has no connection to lose";
    EXPECT_EQ(binding.path.remote.port, 5062);
    binding.path.transport = SipTransport::tcp;
    EXPECT_FALSE(find_again(binding)) << "its contact has another address: behind NAT";
    binding.path.remote = *Endpoint::parse("10.1.1.5:40001", 0);
    EXPECT_TRUE(find_again(binding));
    EXPECT_EQ(binding.path.remote, *Endpoint::parse("10.1.1.5:5062", 0));
    binding.contact = "sip:100@10.1.1.5;transport=tls";
    binding.path.transport = SipTransport::tls;
    EXPECT_TRUE(find_again(binding));
    EXPECT_EQ(binding.path.remote.port, 5061);
}

}  // namespace
}  // namespace weir::signaling
