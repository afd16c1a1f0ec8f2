// SPDX-License-Identifier: Apache-2.0
// REFER, Replaces, digits and Contacts as text and tables.
#include "signaling/call/refer.hpp"

#include <gtest/gtest.h>

#include "signaling/call/digits.hpp"
#include "signaling/call/redirect.hpp"

namespace weir::signaling {
namespace {

SipMessage refer_to(const char* value) {
    SipMessage refer;
    refer.add("Refer-To", value);
    return refer;
}

TEST(Replaces, ReadsItsPartsInAnyOrder) {
    const auto read = Replaces::parse("a@b ; from-tag=f;early-only; x=y ;to-tag=t");
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, (Replaces{"a@b", "t", "f", true}));
    EXPECT_EQ(read->to_string(), "a@b;to-tag=t;from-tag=f;early-only");
}

TEST(Replaces, NeedsExactlyOneOfEachTagAndNoControlCharacters) {
    for (const char* text : {"", "a@b", "a@b;to-tag=t", ";to-tag=t;from-tag=f",
                             "a@b;to-tag=t;to-tag=u;from-tag=f", "a\r\nX: y;to-tag=t;from-tag=f"})
        EXPECT_FALSE(Replaces::parse(text)) << text;
}

TEST(ReferTarget, UndoesTheEscapesOfItsReplaces) {
    const auto target = refer_target(
        refer_to("\"B\" <sip:b@h:5070;transport=tcp?Replaces=a%40b%3Bto-tag%3Dt%3Bfrom-tag%3Df>"));
    ASSERT_TRUE(target);
    EXPECT_EQ(target->uri, "sip:b@h:5070;transport=tcp");
    EXPECT_EQ(*target->replaces, (Replaces{"a@b", "t", "f", false}));
}

TEST(ReferTarget, RefusesAnotherMethodAndABrokenReplaces) {
    EXPECT_FALSE(refer_target(refer_to("<sip:b@h;method=BYE>")));
    EXPECT_FALSE(refer_target(refer_to("<sip:b@h?Replaces=a%0d%0aEvil%3A%20x>")));
    EXPECT_FALSE(refer_target(refer_to("<http://h/>")));
}

// Spec B.6, and the last paragraph of E.8.
TEST(TransferFailure, IsMappedAsTheTablesSay) {
    EXPECT_EQ(transfer_failure(404, 1, false), (TransferFailure{404, 1}));
    EXPECT_EQ(transfer_failure(480, 18, false), (TransferFailure{480, 20}));
    EXPECT_EQ(transfer_failure(484, 28, false), (TransferFailure{484, 28}));
    EXPECT_EQ(transfer_failure(502, 38, false), (TransferFailure{502, 27}));
    EXPECT_EQ(transfer_failure(503, 63, false), (TransferFailure{503, 38}));
    EXPECT_EQ(transfer_failure(486, 17, false), (TransferFailure{486, 17}));
    EXPECT_EQ(transfer_failure(0, 102, true).status, 504);
    EXPECT_EQ(transfer_failure(0, 19, true).status, 503);
    EXPECT_EQ(transfer_failure(0, 31, true).status, 480);
}

TEST(ReferNotifier, SendsOneAtATimeAndNothingBehindTheLast) {
    ReferNotifier notifier(true);
    EXPECT_EQ(notifier.report(100), 100);
    EXPECT_EQ(notifier.report(180), std::nullopt);
    EXPECT_EQ(notifier.report(200), std::nullopt);
    EXPECT_EQ(notifier.report(180), std::nullopt);
    EXPECT_EQ(notifier.answered(true), 200) << "the latest, not each one";
    EXPECT_EQ(notifier.answered(true), std::nullopt);
    EXPECT_TRUE(notifier.is_done());
    EXPECT_EQ(notifier.report(500), std::nullopt);
}

TEST(ReferNotifier, EndsWithASubscriberThatIsGone) {
    ReferNotifier notifier(true);
    EXPECT_EQ(notifier.report(100), 100);
    EXPECT_EQ(notifier.answered(false), std::nullopt);
    EXPECT_TRUE(notifier.is_done());
}

TEST(Digits, ReadsEveryForm) {
    SipMessage info;
    info.method = "INFO";
    info.add("Content-Type", "application/dtmf-relay");
    info.body = "Signal= *\r\nDuration= 100000\r\n";
    EXPECT_EQ(read_digit(info), (Digit{'*', 5000, true}));
    info.body = "Signal=11\nDuration=90";
    EXPECT_EQ(read_digit(info), (Digit{'#', 90, true}));
    info.set("Content-Type", "application/dtmf; x=y");
    info.body = "d";
    EXPECT_EQ(read_digit(info)->key, 'D');
    info.set("Content-Type", "audio/telephone-event");
    EXPECT_FALSE(read_digit(info)) << "that is NOTIFY's";
    info.method = "NOTIFY";
    info.body = std::string("\x03\x8a\x00\xa0", 4);
    EXPECT_EQ(read_digit(info), (Digit{'3', 160, true}));
    info.body = std::string("\x20\x8a\x00\xa0", 4);
    EXPECT_FALSE(read_digit(info)) << "flash and tones are no digits";
}

TEST(Digits, AKeyPressIsNewOnce) {
    KeyPress keys;
    EXPECT_TRUE(keys.is_new({'5', 2000, false}));
    EXPECT_FALSE(keys.is_new({'5', 2000, false}));
    EXPECT_FALSE(keys.is_new({'5', 160, true}));
    EXPECT_TRUE(keys.is_new({'5', 160, true})) << "its beginning was lost";
    EXPECT_TRUE(keys.is_new({'6', 2000, false}));
    EXPECT_TRUE(keys.is_new({'7', 2000, false}));
}

TEST(Digits, GoAsThePeerHasThem) {
    using config::DtmfRelay;
    EXPECT_EQ(digit_form({DtmfRelay::sip_info, DtmfRelay::sip_notify}, "INFO"), DigitForm::notify);
    EXPECT_EQ(digit_form({DtmfRelay::rtp_nte, DtmfRelay::sip_info}, "NOTIFY"), DigitForm::info);
    EXPECT_EQ(digit_form({DtmfRelay::rtp_nte}, "NOTIFY"), DigitForm::notify);
    EXPECT_EQ(digit_form({}, "INFO"), DigitForm::info);
}

TEST(RedirectList, ReadsQAsAThousandth) {
    const auto q = [](const char* text) { return contact_q(*NameAddr::parse(text)); };
    EXPECT_EQ(q("<sip:a@b>"), 1000U);
    EXPECT_EQ(q("<sip:a@b>;q=0.25"), 250U);
    EXPECT_EQ(q("<sip:a@b>;q=0"), 0U);
    EXPECT_EQ(q("<sip:a@b>;q=1.0"), 1000U);
    EXPECT_EQ(q("<sip:a@b>;q=x"), 1000U);
}

TEST(RedirectList, TakesTenOfAThousandContacts) {
    SipMessage response;
    for (int i = 0; i < 1000; ++i)
        response.add("Contact", "<sip:" + std::to_string(i) + "@b>");
    RedirectList list;
    list.take(response, 1);
    int count = 0;
    while (list.next())
        ++count;
    EXPECT_EQ(count, 10);
}

}  // namespace
}  // namespace weir::signaling
