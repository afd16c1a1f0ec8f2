// SPDX-License-Identifier: Apache-2.0
// Profiles as operators write them, and the messages they are tried on.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "config/language/language.hpp"
#include "signaling/header/sip_profile.hpp"

namespace weir::tests {

// The configuration that a text says; the test fails when it has an error.
inline config::Config configured(const std::string& text) {
    const auto read = config::language::read_text(text, "test");
    for (const auto& diagnostic : read.diagnostics)
        EXPECT_NE(diagnostic.severity, config::language::Diagnostic::Severity::error)
            << diagnostic.text;
    return read.config ? *read.config : config::Config{};
}

// `voice class sip-profiles 1` with these lines.
inline signaling::SipProfile profile(const std::string& lines) {
    const config::Config config = configured("voice class sip-profiles 1\n" + lines);
    const auto found = config.sip_profiles.find(1);
    EXPECT_NE(found, config.sip_profiles.end()) << lines;
    if (found == config.sip_profiles.end()) return {};
    auto compiled = signaling::SipProfile::compile(found->second);
    EXPECT_TRUE(compiled) << compiled.error().context;
    return compiled.value_or(signaling::SipProfile{});
}

inline signaling::SipMessage invite() {
    signaling::SipMessage message;
    message.method = "INVITE";
    message.request_uri = "sip:+4420@203.0.113.62";
    message.headers = {{"Via", "SIP/2.0/UDP 198.51.100.2;branch=z9hG4bK1"},
                       {"From", "\"Ann\" <sip:5501@198.51.100.2>;tag=a"},
                       {"To", "<sip:+4420@203.0.113.62>"},
                       {"Call-ID", "1@198.51.100.2"},
                       {"CSeq", "101 INVITE"},
                       {"Max-Forwards", "70"},
                       {"Contact", "<sip:5501@198.51.100.2>"},
                       {"User-Agent", "Weir/0.1.0"},
                       {"Allow", "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE"},
                       {"Diversion", "<sip:5500@192.0.2.9>;reason=unconditional"}};
    return message;
}

inline std::string header(const signaling::SipMessage& message, const char* name) {
    const std::string* value = message.find(name);
    return value == nullptr ? "(none)" : *value;
}

}  // namespace weir::tests
