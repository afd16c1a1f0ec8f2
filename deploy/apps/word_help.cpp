// SPDX-License-Identifier: Apache-2.0
// One line for each word; the last word of a command has its help beside its handler.
#include "deploy/apps/word_help.hpp"

#include <utility>

namespace weir::apps {

void add_word_help(config::CommandTable& table) {
    static constexpr std::pair<const char*, const char*> kWords[] = {
        {"clear", "Reset or release"},
        {"clear call", "Calls"},
        {"clear call voice", "Ends calls"},
        {"clear call voice causecode", "With this cause"},
        {"clear dial-peer", "Counters of dial-peers"},
        {"clear dial-peer voice", "Counters of dial-peers"},
        {"clear sip-ua", "Counters, connections, registrations"},
        {"clear sip-ua tcp", "Connections of TCP"},
        {"clear sip-ua tcp tls", "Connections of TLS"},
        {"clear voice", "Counters"},
        {"commit", "Take the candidate over"},
        {"configure", "Enter configuration mode, or change it as a whole"},
        {"copy", "Copy a configuration"},
        {"debug", "Debug output on this terminal"},
        {"debug ccsip", "SIP messages and the calls that they make"},
        {"debug voip", "Of voice calls"},
        {"no", "Switch off"},
        {"no debug", "Debug output off"},
        {"no debug ccsip", "SIP messages and calls"},
        {"show", "Show what runs and what is configured"},
        {"show archive", "Differences and saved configurations"},
        {"show archive config", "Between configurations"},
        {"show call", "Calls in progress, calls that have ended"},
        {"show call active", "Calls in progress"},
        {"show call active video", "With video"},
        {"show call active voice", "With audio"},
        {"show call history", "Calls that have ended"},
        {"show call history video", "With video"},
        {"show call history voice", "With audio"},
        {"show call spike", "New calls in the window"},
        {"show call threshold", "Limits on new calls"},
        {"show commit", "What a commit would do"},
        {"show configuration", "The history of commits, the lock"},
        {"show dial-peer", "Dial-peers"},
        {"show dial-peer voice", "One in full, or all in lines"},
        {"show dialplan", "Which dial-peer a call would take"},
        {"show dialplan dialpeer", "One dial-peer against a number"},
        {"show dialplan incall", "Inbound"},
        {"show ip", "Addresses that are trusted"},
        {"show ip address", "Addresses that are trusted"},
        {"show ip address trusted", "Addresses that are trusted"},
        {"show recording", "Recordings"},
        {"show running-config", "The configuration in use"},
        {"show sip", "Whether calls are taken"},
        {"show sip-ua", "The SIP side"},
        {"show sip-ua connections", "Of TCP and TLS; listen sockets"},
        {"show sip-ua connections tcp", "Of TCP"},
        {"show sip-ua connections tcp tls", "Of TLS"},
        {"show sip-ua connections tls", "Of TLS"},
        {"show sip-ua connections udp", "Listen sockets of UDP"},
        {"show sip-ua map", "Causes and statuses"},
        {"show sip-ua register", "Numbers at registrars"},
        {"show voice", "Classes, translations"},
        {"show voice class", "URI classes, groups, maps"},
        {"show voip", "RTP, recording"},
        {"show voip rtp", "RTP ports and copies"},
        {"terminal", "This terminal: pages, log lines"},
        {"terminal no", "Back to the default"},
        {"test", "Try something out"},
        {"test voice", "Translation rules"},
        {"test voice translation-rule", "A rule set against a number"},
        {"undebug", "Debug output off"},
        {"undebug ccsip", "SIP messages and calls"},
        {"voice", "Files of classes"},
        {"voice class", "Files of classes"},
        {"voice class e164-pattern-map", "Reads the file of a map again"},
        {"write", "Running to startup configuration"},
    };
    for (const auto& [words, help] : kWords)
        table.describe(words, help);
}

}  // namespace weir::apps
