// SPDX-License-Identifier: Apache-2.0
// The glossary of keywords.
#include "config/language/glossary.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "config/language/argument.hpp"
#include "config/language/glossary_words.hpp"
#include "config/model/release_cause.hpp"

namespace weir::config::language {
namespace {

using Entry = std::pair<std::string_view, std::string_view>;

// In alphabetical order; the words of every mode stand at the end.
constexpr auto kGlossary = std::to_array<Entry>({
    {"address", "Address"},
    {"aging", "How long an idle connection is kept"},
    {"all", "Signalling and media"},
    {"allow-connections", "Which protocols may be connected"},
    {"audio", "Audio only"},
    {"bytes", "Payload bytes of a packet"},
    {"call-block", "Calls from sources that are not trusted"},
    {"called-number", "Called number"},
    {"capacity", "Number of calls"},
    {"cause", "Release cause"},
    {"cisco-rtp", "Cisco's own RTP payload"},
    {"class", "A class"},
    {"codec", "Codec"},
    {"connection", "Connections"},
    {"context", "Value of phone-context"},
    {"control", "Signalling"},
    {"dial-peer", "Dial-peers"},
    {"digit-drop", "Send digits out of band only"},
    {"dns:", "Host name"},
    {"establish", "How long a connection may take"},
    {"from", "From header"},
    {"h245-alphanumeric", "H.245 alphanumeric"},
    {"h245-signal", "H.245 signal"},
    {"host", "Host of the URI"},
    {"incoming", "Matching of inbound calls"},
    {"ip", "Internet Protocol"},
    {"ipv6", "Internet Protocol version 6"},
    {"ipv4:", "IPv4 address"},
    {"ipv6:", "IPv6 address"},
    {"license", "Licence; kept for other systems, without effect"},
    {"media", "Media"},
    {"media-type", "Kinds of media"},
    {"mode", "Mode of operation"},
    {"number", "Number"},
    {"offer-all", "Offer every codec of the list"},
    {"parameter", "Parameters"},
    {"phone", "Telephone number"},
    {"pots", "Telephony: a TDM trunk"},
    {"preference", "Preference"},
    {"profile", "A profile"},
    {"protocol", "Protocol"},
    {"range", "Range"},
    {"recorder", "Recorder"},
    {"request", "Request-URI"},
    {"retry", "How often a message is sent"},
    {"rsvp-fail", "Packets whose reservation failed"},
    {"rsvp-none", "Packets without a reservation"},
    {"rsvp-pass", "Packets with a reservation"},
    {"rtp-nte", "Named telephone events, RFC 4733"},
    {"rtp-port", "UDP ports of media"},
    {"secondary", "A further address"},
    {"service", "Behaviour common to all calls"},
    {"session", "The session of this peer"},
    {"silent-discard", "Discard without an answer"},
    {"sip", "Session Initiation Protocol"},
    {"sip-info", "SIP INFO"},
    {"sip-kpml", "SIP KPML, RFC 4730"},
    {"sip-notify", "SIP NOTIFY"},
    {"sipv2", "Session Initiation Protocol, RFC 3261"},
    {"siprec", "SIPREC instead of the ORA form"},
    {"source-interface", "Interface whose address is used"},
    {"system", "As the global setting"},
    {"tcp", "Transmission Control Protocol"},
    {"tel", "Telephone URI"},
    {"timers", "Timers"},
    {"tls", "Transport Layer Security"},
    {"to", "To"},
    {"trusted", "Trusted sources"},
    {"udp", "User Datagram Protocol"},
    {"untrusted", "Sources that are not trusted"},
    {"uri", "URI"},
    {"url", "Where a file or a script lies"},
    {"user-id", "User part of the URI"},
    {"via", "Topmost Via header"},
    {"voice", "Voice"},
    {"voice-class", "Class of this peer"},
    {"voip", "Voice over IP"},
    {"no", "Remove a command or switch it off"},
    {"default", "Set a command back to its default"},
    {"exit", "Leave this mode"},
    {"end", "Leave configuration"},
    {"<cr>", "End of the command"},
});

}  // namespace

std::string_view glossary(std::string_view keyword) {
    for (const auto& [word, text] : kGlossary)
        if (word == keyword && !word.empty()) return text;
    for (const auto& [word, text] : kGlossaryWords)
        if (word == keyword) return text;
    return {};
}

// Words that name a value of a known list.
static std::string help_of_value(std::string_view keyword) {
    const bool upper =
        std::all_of(keyword.begin(), keyword.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (upper) return keyword == "ANY" ? "Every method" : "Method " + std::string(keyword);
    if (keyword.starts_with("AES_") || keyword.starts_with("AEAD_")) return "Suite of SRTP";
    const bool dscp =
        keyword == "ef" || ((keyword.starts_with("af") || keyword.starts_with("cs")) &&
                            keyword.find_first_not_of("0123456789", 2) == std::string_view::npos);
    return dscp ? "DSCP " + std::string(keyword) : std::string();
}

std::string help_of(const CommandRow& row, const Token& token) {
    if (token.kind != ArgumentKind::keyword) return argument_help(token);
    const auto& grammar = row.grammar;
    if (grammar.fixed_words > 0 && &token == &grammar.tokens[grammar.fixed_words - 1])
        return row.help;
    if (const auto text = glossary(token.text); !text.empty()) return std::string(text);
    for (const auto& codec : all_codecs())
        if (token.text == codec.keyword)
            return codec.clock_rate == 0 ? "The other side's codecs as they are"
                                         : std::string(codec.encoding) + ", " +
                                               std::to_string(codec.clock_rate) + " Hz";
    for (const auto& cause : release_causes())
        if (token.text == cause.keyword) return "Q.850 cause " + std::to_string(cause.value);
    if (auto text = help_of_value(token.text); !text.empty()) return text;
    // What changes nothing is explained once, by its command.
    return row.kept ? row.help : std::string();
}

}  // namespace weir::config::language
