// SPDX-License-Identifier: Apache-2.0
// The codes of the linter: LINT.md has a row for each, and a golden configuration that fires it.
#include <algorithm>
#include <array>

#include "config/base/result.hpp"
#include "dialplan/lint.hpp"

namespace weir::dialplan {
namespace {

constexpr auto kNote = LintSeverity::note;
constexpr auto kWarning = LintSeverity::warning;
constexpr auto kError = LintSeverity::error;

constexpr std::array kRules{
    LintRule{"WL001", "not-read", kError, "a line could not be read"},
    LintRule{"WL101", "peer-never-up", kWarning,
             "a dial-peer lacks a command and can never be used"},
    LintRule{"WL102", "inbound-shadowed", kWarning,
             "another dial-peer has the same inbound matcher and is always taken instead"},
    LintRule{"WL103", "outbound-shadowed", kWarning,
             "a better dial-peer for the same numbers stops hunting, so this one is never tried"},
    LintRule{"WL104", "random-choice", kNote,
             "dial-peers for the same numbers are equal, so chance decides which is tried first"},
    LintRule{"WL105", "group-member-down", kWarning,
             "a member of a dial-peer group can never be used"},
    LintRule{"WL106", "permission-contradicts", kWarning,
             "permission forbids what the other commands of the dial-peer are for"},
    LintRule{"WL107", "matches-no-number", kWarning,
             "incoming called-number T also matches calls without a called number"},
    LintRule{"WL108", "plus-stripped", kNote,
             "destination-pattern .T takes the leading + off the called number"},
    LintRule{"WL110", "same-target", kWarning,
             "hunting goes on to the address that has just failed"},
    LintRule{"WL111", "trust-too-wide", kWarning, "anybody may place calls"},
    LintRule{"WL112", "no-sip-to-sip", kWarning, "no call is ever routed"},
    LintRule{"WL201", "loop", kError, "a call to our own address comes back to it for ever"},
    LintRule{"WL301", "recorder-dialable", kWarning,
             "a recorder can be reached by dialling its number"},
    LintRule{"WL302", "escapes-recording", kWarning,
             "calls that match no inbound dial-peer are routed and not recorded"},
    LintRule{"WL303", "no-recorder", kWarning, "a media class names no recorder that can be used"},
    LintRule{"WL304", "two-classes", kNote, "both dial-peers of a call ask for a recording"},
    LintRule{"WL305", "records-nothing", kWarning,
             "media-class stands on a dial-peer whose media cannot be recorded"},
    LintRule{"WL401", "rule-shadowed", kWarning,
             "an earlier rule matches whatever this translation rule matches"},
    LintRule{"WL402", "rule-impossible", kWarning, "a translation rule can match no number"},
    LintRule{"WL501", "no-common-codec", kWarning,
             "dial-peers route to each other and have no codec in common"},
    LintRule{"WL601", "rel1xx-contradicts", kWarning,
             "dial-peers treat reliable provisional responses of one system in contrary ways"},
    LintRule{"WL602", "block-inbound-only", kWarning,
             "block acts on outbound dial-peers, and this one is never dialled"},
    LintRule{"WL701", "missing-object", kError, "a command names an object that does not exist"},
    LintRule{"WL702", "object-misused", kWarning, "an object cannot do what a command wants of it"},
    LintRule{"WL703", "unused-object", kNote, "nothing refers to an object"},
    LintRule{"WL901", "too-few-ports", kWarning,
             "the port range carries fewer calls than the configuration promises"},
    LintRule{"WL902", "too-few-descriptors", kWarning,
             "the limit of descriptors carries fewer calls than are wanted"},
    LintRule{"WL903", "too-little-memory", kWarning, "memory carries fewer calls than are wanted"},
    LintRule{"WL904", "limits-contradict", kNote,
             "a limit of calls can never be reached because of another"},
};

}  // namespace

const char* to_string(LintSeverity severity) {
    switch (severity) {
        case LintSeverity::note:
            return "note";
        case LintSeverity::warning:
            return "warning";
        case LintSeverity::error:
            break;
    }
    return "error";
}

std::span<const LintRule> lint_rules() {
    return kRules;
}

const LintRule& lint_rule(std::string_view code) {
    const auto found = std::find_if(kRules.begin(), kRules.end(),
                                    [&](const LintRule& rule) { return rule.code == code; });
    WEIR_ASSERT(found != kRules.end());
    return *found;
}

}  // namespace weir::dialplan
