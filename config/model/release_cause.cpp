// SPDX-License-Identifier: Apache-2.0
// The table of release cause keywords (spec A.8).
#include "config/model/release_cause.hpp"

namespace weir::config {

const std::vector<ReleaseCause>& release_causes() {
    static const std::vector<ReleaseCause> causes{
        {"access-info-discard", 43},
        {"b-cap-not-implemented", 65},
        {"b-cap-restrict", 70},
        {"b-cap-unauthorized", 57},
        {"b-cap-unavail", 58},
        {"call-awarded", 7},
        {"call-cid-in-use", 83},
        {"call-clear", 86},
        {"call-reject", 21},
        {"cell-rate-unavail", 37},
        {"channel-unacceptable", 6},
        {"chantype-not-implement", 66},
        {"cid-in-use", 84},
        {"codec-incompatible", 171},
        {"cug-incalls-bar", 55},
        {"cug-outcalls-bar", 53},
        {"dest-incompatible", 88},
        {"dest-out-of-order", 27},
        {"dest-unroutable", 3},
        {"dsp-error", 172},
        {"facility-not-implemented", 69},
        {"facility-not-subscribed", 50},
        {"facility-reject", 29},
        {"glare", 15},
        {"ie-missing", 96},
        {"ie-not-implemented", 99},
        {"info-class-inconsistent", 62},
        {"interworking", 127},
        {"invalid-call-ref", 81},
        {"invalid-ie", 100},
        {"invalid-msg", 95},
        {"invalid-number", 28},
        {"invalid-transit-net", 91},
        {"misdialled-trunk-prefix", 5},
        {"msg-incomp-call-state", 101},
        {"msg-not-implemented", 97},
        {"msgtype-incompatible", 98},
        {"net-out-of-order", 38},
        {"next-node-unreachable", 128},
        {"no-answer", 19},
        {"no-call-suspend", 85},
        {"no-channel", 82},
        {"no-circuit", 34},
        {"no-cug", 90},
        {"no-dsp-channel", 170},
        {"no-req-circuit", 44},
        {"no-resource", 47},
        {"no-response", 18},
        {"no-voice-resources", 126},
        {"non-select-user-clear", 26},
        {"normal-call-clear", 16},
        {"normal-unspecified", 31},
        {"not-in-cug", 87},
        {"number-changeed", 22},
        {"param-not-implemented", 103},
        {"perm-frame-mode-oos", 39},
        {"perm-frame-mode-oper", 40},
        {"precedence-call-block", 46},
        {"preempt", 8},
        {"preempt-reserved", 9},
        {"protocol-error", 111},
        {"qos-unavail", 49},
        {"rec-timer-exp", 102},
        {"redirect-to-new-destination", 23},
        {"send-infotone", 4},
        {"serv-not-implemented", 79},
        {"serv/opt-unavail-unspecified", 63},
        {"stat-enquiry-resp", 30},
        {"subscriber-absent", 20},
        {"switch-congestion", 42},
        {"temp-fail", 41},
        {"transit-net-unroutable", 2},
        {"unassigned-number", 1},
        {"unknown-param-msg-discard", 110},
        {"user-busy", 17},
    };
    return causes;
}

std::string release_cause_text(std::uint8_t value) {
    for (const auto& cause : release_causes())
        if (cause.value == value) return cause.keyword;
    return std::to_string(value);
}

}  // namespace weir::config
