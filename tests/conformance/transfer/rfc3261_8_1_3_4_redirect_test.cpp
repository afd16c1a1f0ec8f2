// SPDX-License-Identifier: Apache-2.0
// RFC 3261 8.1.3.4 and 19.1: 3xx, passed to the caller and followed (spec B.6, A.2 max-redirects).
#include "tests/conformance/transfer/transfer_bench.hpp"

namespace weir::signaling {
namespace {

using tests::sdp;

class Redirect : public tests::TransferBench {
protected:
    void redirect(std::vector<std::string> contacts, int status = 302, std::size_t n = 0) {
        const auto to = invite_out(n);
        SipMessage response = make_response(to.request.message, status, "", "callee");
        for (auto& contact : contacts)
            response.add("Contact", std::move(contact));
        stack.events().on_response({to.txn, std::move(response), now()});
        media.deliver();
    }
    std::string target(std::size_t n) const { return invite_out(n).request.message.request_uri; }
};

TEST_F(Redirect, PassesWithItsContacts) {
    const auto txn = call();
    redirect({"<sip:300@192.0.2.20>;q=0.5", "<sip:301@192.0.2.20>"});
    const SipMessage last = last_answer(txn);
    EXPECT_EQ(last.status, 302);
    EXPECT_EQ(last.all("Contact").size(), 2U);
    EXPECT_EQ(stack.sent_with("INVITE").size(), 1U);
}

TEST_F(Redirect, PassesWithOurHostWhereAddressesAreHidden) {
    config.voice.address_hiding = true;
    apply();
    const auto txn = call();
    redirect({"<sip:300@192.0.2.20:5070>;q=0.5"});
    EXPECT_EQ(header(last_answer(txn), "Contact"), "<sip:300@198.51.100.1>;q=0.5");
}

// no redirection (sip-ua): 3xx treated as 4xx.
TEST_F(Redirect, IsAFailureWithoutRedirection) {
    config.voice.sip.redirection = false;
    apply();
    const auto txn = call();
    redirect({"<sip:300@192.0.2.20>"});
    EXPECT_EQ(last_answer(txn).status, 480);
}

class RedirectConsumed : public Redirect {
protected:
    RedirectConsumed() { consume("moved-temporarily"); }
};

TEST_F(RedirectConsumed, CallsTheContactByItsDialPeer) {
    const auto txn = call();
    redirect({"<sip:300@192.0.2.20>"});
    EXPECT_EQ(target(1), "sip:300@192.0.2.30");
    answer(invite_out(1), 200, sdp("192.0.2.30", 6000));
    EXPECT_EQ(last_answer(txn).status, 200);
    ack(txn);
    EXPECT_EQ(log.connected.parties[1].number, "300");
}

// 8.1.3.4: "in the order of q", the highest first; equal ones as they stand.
TEST_F(RedirectConsumed, ContactsAreTriedByTheirQ) {
    call();
    redirect({"<sip:301@a.example>;q=0.3, <sip:302@a.example>;q=0.9", "<sip:303@a.example>;q=0.9"});
    EXPECT_EQ(target(1), "sip:302@192.0.2.30");
    answer(invite_out(1), 503);
    EXPECT_EQ(target(2), "sip:303@192.0.2.30");
    answer(invite_out(2), 503);
    EXPECT_EQ(target(3), "sip:301@192.0.2.30");
    answer(invite_out(3), 503);
    EXPECT_EQ(stack.sent_with("INVITE").size(), 4U);
}

// Spec A.2: max-redirects, default 1.
TEST_F(RedirectConsumed, FollowsAsManyAsMaxRedirects) {
    const auto txn = call();
    redirect({"<sip:300@192.0.2.20>"});
    redirect({"<sip:301@192.0.2.20>"}, 302, 1);
    EXPECT_EQ(stack.sent_with("INVITE").size(), 2U);
    EXPECT_EQ(last_answer(txn).status, 480);
}

TEST_F(RedirectConsumed, MoreOfThemWhereThePeerAllowsThem) {
    config.dial_peers[config::DialPeerTag{20}].max_redirects = 3;
    config.dial_peers[config::DialPeerTag{30}].max_redirects = 3;
    apply();
    call();
    redirect({"<sip:300@192.0.2.20>"});
    redirect({"<sip:301@192.0.2.20>"}, 302, 1);
    EXPECT_EQ(target(2), "sip:301@192.0.2.30");
}

// 8.1.3.4: "a client MUST NOT add any given URI to the target set more than once".
TEST_F(RedirectConsumed, NoContactTwice) {
    config.dial_peers[config::DialPeerTag{20}].max_redirects = 10;
    config.dial_peers[config::DialPeerTag{30}].max_redirects = 10;
    apply();
    const auto txn = call();
    redirect({"<sip:300@192.0.2.20>"});
    for (std::size_t n = 1; n < stack.sent_with("INVITE").size() && n < 20; ++n)
        redirect({"<sip:300@192.0.2.20>", "<sip:301@192.0.2.20>"}, 302, n);
    EXPECT_EQ(stack.sent_with("INVITE").size(), 3U);
    EXPECT_EQ(last_answer(txn).status, 480);
}

TEST_F(RedirectConsumed, NotBetweenIpPeersWhereThatIsForbidden) {
    config.voice.kept.push_back({"redirect ip2ip", "no redirect ip2ip"});
    apply();
    const auto txn = call();
    redirect({"<sip:300@192.0.2.20>"});
    EXPECT_EQ(stack.sent_with("INVITE").size(), 1U);
    EXPECT_EQ(last_answer(txn).status, 480);
}

TEST_F(RedirectConsumed, AContactWithoutARouteFailsTheCall) {
    const auto txn = call();
    redirect({"<sip:999@192.0.2.20>", "<mailto:x@y.example>"});
    EXPECT_EQ(last_answer(txn).status, 404);
}

TEST_F(RedirectConsumed, TheCallerMayCancelAfterIt) {
    const auto txn = call();
    redirect({"<sip:300@192.0.2.20>"});
    answer(invite_out(1), 180);
    cancel(txn);
    EXPECT_EQ(last_answer(txn).status, 487);
    answer(invite_out(1), 487);
    media.deliver();
    EXPECT_EQ(table.size(), 0U);
}

}  // namespace
}  // namespace weir::signaling
