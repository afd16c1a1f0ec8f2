// SPDX-License-Identifier: Apache-2.0
// Draws peers, maps, classes and calls from a seed.
#include "bench/micro/dial_plan_text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace weir::bench {
namespace {

constexpr unsigned kEntriesOfMap = 5000;

std::string digits(Random& random, std::size_t count) {
    std::string text(1, static_cast<char>('1' + random.below(9)));
    while (text.size() < count)
        text += static_cast<char>('0' + random.below(10));
    return text;
}

// A pattern as operators write them, one of each kind in turn.
std::string pattern(Random& random) {
    const std::string head = digits(random, 3 + random.below(5));
    switch (random.below(10)) {
        case 0:
            return head + "....";
        case 1:
            return head + "..$";
        case 2:
            return head + "T";
        case 3:
            return "+" + head + "T";
        case 4:
            return head + "[0-4]..$";
        case 5:
            return head + "[2,5-7]...";
        case 6:
            return "\\+?" + head + "....";
        case 7:
            return head + "0?12";
        case 8:
            return head + "5%..";
        default:
            return head + "[1-9]+$";
    }
}

void add_profile(std::string& text) {
    text += "voice translation-rule 1\n";
    for (unsigned i = 1; i < 15; ++i)
        text += fmt::format(" rule {} /^{}\\(.*\\)$/ /{}\\1/\n", i, 90000 + i, i);
    text += " rule 15 /^\\+?\\([1-9].*\\)/ /\\1/\n!\n";
    text += "voice translation-profile NORMAL\n translate calling 1\n translate called 1\n!\n";
}

}  // namespace

std::string plan_text(const PlanSize& size, std::uint64_t seed) {
    SeededRandom random(seed);
    std::string text =
        "voice service voip\n mode border-element\n allow-connections sip to sip\n!\n";
    for (unsigned i = 0; i < size.uri_classes; ++i) {
        text += fmt::format("voice class uri C{} sip\n", i);
        if (i % 2 == 0)
            text += fmt::format(" host ipv4:203.0.{}.{}\n", i / 250, i % 250 + 1);
        else if (i % 4 == 1)
            text += fmt::format(" host trunk{}\\.carrier[0-9]\\.example\n", i);
        else
            text += fmt::format(" user-id ^{}\n", digits(random, 6));
        text += "!\n";
    }
    const unsigned maps = std::max(1U, size.map_entries / kEntriesOfMap);
    for (unsigned map = 1; map <= maps; ++map) {
        text += fmt::format("voice class e164-pattern-map {}\n", map);
        for (unsigned i = 0; i < size.map_entries / maps; ++i)
            text += fmt::format(" e164 {}{:02}{:05}{}\n", i % 3 == 0 ? "+" : "", map + 10, i,
                                i % 5 == 0 ? ".." : "...$");
        text += "!\n";
    }
    if (size.translations) add_profile(text);
    for (unsigned i = 0; i < size.peers; ++i) {
        text += fmt::format("dial-peer voice {} voip\n", i + 1);
        const bool inbound = i % 2 == 0;
        if (size.translations)
            text +=
                fmt::format(" translation-profile {} NORMAL\n", inbound ? "incoming" : "outgoing");
        text += " session protocol sipv2\n";
        if (inbound) {
            const unsigned kind = i / 2 % 10;
            if (kind == 0)
                text += fmt::format(" incoming uri {} C{}\n", i % 40 == 0 ? "via" : "from",
                                    i / 2 % std::max(1U, size.uri_classes));
            else if (kind == 1)
                text += fmt::format(" incoming called e164-pattern-map {}\n", i % maps + 1);
            else
                text += fmt::format(" incoming called-number {}\n", pattern(random));
        } else {
            text += fmt::format(" session target ipv4:192.0.2.{}\n", i % 250 + 1);
            if (i % 2000 == 1)
                text += fmt::format(" destination e164-pattern-map {}\n", i / 2000 % maps + 1);
            else
                text += fmt::format(" destination-pattern {}\n", pattern(random));
        }
        text += "!\n";
    }
    return text + "end\n";
}

std::vector<dialplan::RouteQuery> plan_calls(const PlanSize& size, std::size_t count,
                                             std::uint64_t seed) {
    SeededRandom random(seed);
    const unsigned maps = std::max(1U, size.map_entries / kEntriesOfMap);
    std::vector<dialplan::RouteQuery> calls;
    while (calls.size() < count) {
        dialplan::RouteQuery call;
        call.calling.digits = digits(random, 10);
        if (random.below(2) == 0)
            call.called.digits = fmt::format("{}{:02}{:05}123", random.below(3) == 0 ? "+" : "",
                                             random.below(maps) + 11, random.below(kEntriesOfMap));
        else
            call.called.digits = digits(random, 4 + random.below(12));
        const auto host = random.below(500);
        call.via_host = fmt::format("203.0.{}.{}:5060", host / 250, host % 250 + 1);
        call.from_uri = "sip:" + call.calling.digits + "@pbx.example";
        call.request_uri = "sip:" + call.called.digits + "@198.51.100.1;user=phone";
        call.to_uri = "sip:" + call.called.digits + "@198.51.100.1";
        calls.push_back(std::move(call));
    }
    return calls;
}

}  // namespace weir::bench
