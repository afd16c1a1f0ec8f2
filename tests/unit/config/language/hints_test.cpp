// SPDX-License-Identifier: Apache-2.0
// Mistakes that an operator of the router makes at a dial-peer, and what each is told.
#include "config/language/hints.hpp"

#include <gtest/gtest.h>

#include "config/language/language.hpp"
#include "config/language/line_editor.hpp"

namespace weir::config::language {
namespace {

// The suggestion of the only error of a dial-peer with this line.
std::string at_a_peer(const std::string& line) {
    const std::string head = "dial-peer voice 1 voip\n session protocol sipv2\n ";
    const auto result = read_text(head + line + "\n", "f.cfg");
    if (result.diagnostics.size() != 1) return "not one error";
    return result.diagnostics.front().suggestion;
}

struct Mistake {
    const char* typed;
    const char* hint;
};

class Hints : public testing::TestWithParam<Mistake> {};

TEST_P(Hints, TellWhatToTypeInstead) {
    EXPECT_EQ(at_a_peer(GetParam().typed), GetParam().hint);
}

INSTANTIATE_TEST_SUITE_P(
    OfOtherModes, Hints,
    testing::Values(
        Mistake{"transport switch udp tcp",
                "here it is \"voice-class sip transport switch udp tcp\""},
        Mistake{"early-offer forced", "here it is \"voice-class sip early-offer forced\""},
        Mistake{"no early-offer forced", "here it is \"no voice-class sip early-offer forced\""},
        Mistake{"midcall-signaling passthru",
                "here it is \"voice-class sip midcall-signaling passthru\""},
        Mistake{"asserted-id pai", "here it is \"voice-class sip asserted-id pai\""},
        Mistake{"error-passthru", "here it is \"voice-class sip error-passthru\""},
        Mistake{"retry invite 2", "this command belongs to voice class tenant N or sip-ua"},
        Mistake{"allow-connections sip to sip", "this command belongs to voice service voip"},
        Mistake{"forward-digits 4", "this command belongs to dial-peer voice TAG pots"}));

INSTANTIATE_TEST_SUITE_P(
    OfBlanksAndHyphens, Hints,
    testing::Values(
        Mistake{"destination pattern 9T", "did you mean \"destination-pattern\"?"},
        Mistake{"session-target ipv4:192.0.2.1", "did you mean \"session target\"?"},
        Mistake{"voice class sip profiles 1", "did you mean \"voice-class sip profiles\"?"},
        Mistake{"session target ipv4 192.0.2.1", "did you mean \"ipv4:192.0.2.1\"?"},
        Mistake{"session target dns sbc.example.com", "did you mean \"dns:sbc.example.com\"?"}));

INSTANTIATE_TEST_SUITE_P(
    OfPrefixes, Hints,
    testing::Values(
        Mistake{"session target enum:99", "enum:N asks by the rules of voice enum-match-table N"},
        Mistake{"session target 192.0.2.1", "did you mean \"ipv4:192.0.2.1\"?"},
        Mistake{"session target 192.0.2.1:5070", "did you mean \"ipv4:192.0.2.1:5070\"?"},
        Mistake{"session target 2001:db8::1", "did you mean \"ipv6:[2001:db8::1]\"?"},
        Mistake{"session target sbc.example.com", "did you mean \"dns:sbc.example.com\"?"},
        Mistake{"session target ipv4:192.0.2.1:99999", ""},
        Mistake{"voice-class sip outbound-proxy 192.0.2.1", "did you mean \"ipv4:192.0.2.1\"?"},
        Mistake{"voice-class sip localhost example.com", "did you mean \"dns:example.com\"?"}));

INSTANTIATE_TEST_SUITE_P(
    OfWords, Hints,
    testing::Values(Mistake{"vad off", "did you mean \"no vad\"?"},
                    Mistake{"vad on", "did you mean \"vad\"?"},
                    Mistake{"huntstop off", "did you mean \"no huntstop\"?"},
                    Mistake{"max-conn unlimited", "did you mean \"no max-conn\"?"},
                    Mistake{"dtmf-relay rfc2833", "did you mean \"rtp-nte\"?"},
                    Mistake{"codec pcma", "did you mean \"g711alaw\"?"},
                    Mistake{"voice-class codec g711ulaw", "did you mean \"codec g711ulaw\"?"},
                    Mistake{"session protocol sipv1", "did you mean \"sipv2\"?"}));

TEST(HintsOfASession, AreThoseOfAFile) {
    LineEditor editor;
    Config config;
    (void)editor.line("dial-peer voice 1 voip", config);
    const auto outcome = editor.line("transport switch udp tcp", config);
    EXPECT_NE(outcome.text.find("here it is \"voice-class sip transport switch udp tcp\""),
              std::string::npos)
        << outcome.text;
}

TEST(HintsOfALine, HaveNoControlCharactersOfIt) {
    EXPECT_EQ(at_a_peer("session target ipv4 \x7f[2J").find('\x7f'), std::string::npos);
}

}  // namespace
}  // namespace weir::config::language
