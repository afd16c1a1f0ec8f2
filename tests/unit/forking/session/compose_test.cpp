// SPDX-License-Identifier: Apache-2.0
// Participant URIs, redirects, and the recorder's account.
#include "forking/session/compose.hpp"

#include <gtest/gtest.h>

namespace weir::forking {
namespace {

signaling::CallParty party(const std::string& number) {
    signaling::CallParty made;
    made.number = number;
    made.peer = IpAddress::v4(192, 0, 2, 5);
    return made;
}

TEST(ParticipantUri, EscapesWhatAUserPartMayNotHold) {
    EXPECT_EQ(participant_uri(party("708090")), "sip:708090@192.0.2.5");
    EXPECT_EQ(participant_uri(party("+1*2#")), "sip:+1*2%23@192.0.2.5");
    EXPECT_EQ(participant_uri(party("a b>\r\nX: y")), "sip:a%20b%3E%0D%0AX%3A%20y@192.0.2.5");
    EXPECT_EQ(participant_uri(party("")), "sip:192.0.2.5");
}

TEST(RedirectTarget, IsTheFirstUsableContact) {
    const RecorderTarget from{.peer = config::DialPeerTag{8001},
                              .number = "59001",
                              .address = IpAddress::v4(198, 51, 100, 71),
                              .host = {},
                              .port = 0,
                              .transport = config::Transport::udp};
    signaling::SipMessage response;
    EXPECT_FALSE(redirect_target(response, from));
    response.add("Contact",
                 "<tel:123>, <sip:59009@recorder.example>, <sip:198.51.100.74:5070>;q=0.5");
    const auto target = redirect_target(response, from);
    ASSERT_TRUE(target.has_value());
    EXPECT_EQ(target->address, IpAddress::v4(198, 51, 100, 74));
    EXPECT_EQ(target->port, 5070);
    EXPECT_EQ(target->number, "59001");
    EXPECT_EQ(target->peer, config::DialPeerTag{8001});
}

TEST(RecorderAccountHeader, IsReadWhenComplete) {
    const auto account =
        read_account("1; packets=10; octets=1600;lost=2;first-seq=65535;last-seq=9;duplicates=1");
    ASSERT_TRUE(account.has_value());
    EXPECT_EQ(account->media_index, 1U);
    EXPECT_EQ(account->account.packets, 10U);
    EXPECT_EQ(account->account.octets, 1600U);
    EXPECT_EQ(account->account.lost, 2U);
    EXPECT_EQ(account->account.first_sequence, 65535);
    EXPECT_EQ(account->account.duplicates, 1U);
}

TEST(RecorderAccountHeader, AnythingElseIsNoAccount) {
    for (const char* text :
         {"", ";", "0", "x;packets=1;octets=1;lost=0;first-seq=1;last-seq=1",
          "0;packets=1;octets=1;lost=0;first-seq=1",
          "0;packets=-1;octets=1;lost=0;first-seq=1;last-seq=1",
          "0;packets=99999999999999999999;octets=1;lost=0;first-seq=1;last-seq=1",
          "0;packets;octets=1;lost=0;first-seq=1;last-seq=1"})
        EXPECT_FALSE(read_account(text).has_value()) << text;
}

}  // namespace
}  // namespace weir::forking
