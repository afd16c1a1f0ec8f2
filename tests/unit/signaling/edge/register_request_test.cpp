// SPDX-License-Identifier: Apache-2.0
// Reading of REGISTERs and of their answers: contacts, times, Path, addresses of record.
#include "signaling/edge/register_request.hpp"

#include <gtest/gtest.h>

#include "signaling/edge/binding_limits.hpp"
#include "signaling/edge/binding_table.hpp"

namespace weir::signaling {
namespace {

using std::chrono::seconds;

SipMessage register_of(const char* to, std::vector<Header> more) {
    SipMessage message;
    message.method = "REGISTER";
    message.request_uri = "sip:198.51.100.1";
    message.headers = {{"To", to}, {"Call-ID", "one"}, {"CSeq", "4 REGISTER"}};
    for (auto& header : more)
        message.headers.push_back(std::move(header));
    return message;
}

// An address names us; a domain is what the endpoint belongs to.
TEST(RegisterRequest, AnAddressBecomesTheRegistrarAndADomainStays) {
    EXPECT_EQ(read_register(register_of("<sip:100@198.51.100.1:5070>", {}), "192.0.2.5")->aor,
              "100@192.0.2.5");
    EXPECT_EQ(read_register(register_of("<sip:100@Example.NET;x=1>", {}), "192.0.2.5")->aor,
              "100@example.net");
}

TEST(RegisterRequest, TheTimeOfAContactStandsBeforeTheHeader) {
    const auto request = read_register(
        register_of("<sip:1@a.example>", {{"Contact", "<sip:1@10.0.0.1>;q=0.5;expires=90;reg-id=1"},
                                          {"Contact", "sip:1@10.0.0.2"},
                                          {"Expires", "300"}}),
        "r");
    ASSERT_TRUE(request);
    ASSERT_EQ(request->contacts.size(), 2U);
    EXPECT_EQ(request->contacts[0].expires, seconds(90));
    EXPECT_EQ(request->contacts[0].parameters, ";q=0.5");
    EXPECT_FALSE(request->contacts[1].expires);
    EXPECT_EQ(request->expires, seconds(300));
}

TEST(RegisterRequest, TheTokenIsThatOfAddressAndContact) {
    const auto token = [](const char* to, const char* contact) {
        return read_register(register_of(to, {{"Contact", contact}}), "r")->contacts[0].token;
    };
    const std::string one = token("<sip:1@a.example>", "<sip:1@10.0.0.1>;expires=60");
    EXPECT_EQ(one.size(), 16U);
    EXPECT_EQ(token("<sip:1@a.example>", "\"Ann\" <sip:1@10.0.0.1>"), one);
    EXPECT_NE(token("<sip:2@a.example>", "<sip:1@10.0.0.1>"), one);
    EXPECT_NE(token("<sip:1@a.example>", "<sip:1@10.0.0.2>"), one);
}

TEST(RegisterRequest, TheStarNeedsExpiresZeroAndStandsAlone) {
    EXPECT_TRUE(
        read_register(register_of("<sip:1@a.example>", {{"Contact", "*"}, {"Expires", "0"}}), "r"));
    EXPECT_FALSE(read_register(register_of("<sip:1@a.example>", {{"Contact", "*"}}), "r"));
    EXPECT_FALSE(read_register(
        register_of("<sip:1@a.example>",
                    {{"Contact", "*"}, {"Contact", "<sip:1@10.0.0.1>"}, {"Expires", "0"}}),
        "r"));
}

TEST(RegisterRequest, PathIsKeptInOrder) {
    const auto request = read_register(
        register_of("<sip:1@a.example>", {{"Path", "<sip:p1;lr>, <sip:p2;lr>"}}), "r");
    ASSERT_TRUE(request);
    EXPECT_EQ(request->routes, (std::vector<std::string>{"<sip:p1;lr>", "<sip:p2;lr>"}));
}

TEST(RegisterRequest, WhatCannotBeServedIsRefused) {
    EXPECT_FALSE(read_register(register_of("<tel:+1555>", {}), "r"));
    EXPECT_FALSE(read_register(register_of("<sip:@>", {}), "r"));
    EXPECT_FALSE(
        read_register(register_of("<sip:1@a.example>", {{"Contact", "<mailto:a@b>"}}), "r"));
    std::string many = "<sip:1@10.0.0.1>";
    for (std::size_t i = 0; i < kMaxContacts; ++i)
        many += ", <sip:1@10.0.1." + std::to_string(i) + ">";
    EXPECT_FALSE(read_register(register_of("<sip:1@a.example>", {{"Contact", many}}), "r"));
    EXPECT_FALSE(read_register(
        register_of("<sip:1@a.example>",
                    {{"Contact", "<sip:" + std::string(kMaxContactLength, 'x') + "@a>"}}),
        "r"));
}

TEST(RegisterAnswer, TheGrantedTimeIsThatOfOurContact) {
    SipMessage ok;
    ok.is_request = false;
    ok.status = 200;
    ok.add("Contact",
           "<sip:1@us;binding=00000000000000aa>;expires=50, <sip:1@elsewhere>;expires=9");
    ok.add("Contact", "<sip:1@us;binding=00000000000000bb>");
    ok.add("Expires", "70");
    EXPECT_EQ(granted_to_token(ok, "00000000000000aa"), seconds(50));
    EXPECT_EQ(granted_to_token(ok, "00000000000000bb"), seconds(70));
    EXPECT_FALSE(granted_to_token(ok, "00000000000000cc"));
}

}  // namespace
}  // namespace weir::signaling
