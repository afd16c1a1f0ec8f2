// SPDX-License-Identifier: Apache-2.0
// Reads the kept lines `supplementary-service sip ...` and `redirect ip2ip`.
#include "config/model/supplementary.hpp"

#include <string>
#include <string_view>

#include "config/model/kept_words.hpp"

namespace weir::config {
namespace {

std::string_view words_of(SupplementaryService service) {
    switch (service) {
        case SupplementaryService::refer:
            return "no supplementary-service sip refer";
        case SupplementaryService::moved_temporarily:
            return "no supplementary-service sip moved-temporarily";
        case SupplementaryService::handle_replaces:
            return "no supplementary-service sip handle-replaces";
    }
    return "";
}

}  // namespace

bool passes(const Config& config, const DialPeer& peer, SupplementaryService service) {
    const std::string_view text = words_of(service);
    return !says(config.voice.kept, text) && !says(peer.kept, text);
}

bool redirects_between_ip(const Config& config, const DialPeer& peer) {
    return says(peer.kept, "redirect ip2ip") || !says(config.voice.kept, "no redirect ip2ip");
}

}  // namespace weir::config
