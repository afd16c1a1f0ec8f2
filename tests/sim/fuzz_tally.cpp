// SPDX-License-Identifier: Apache-2.0
// FuzzTally: counts by looking at what was sent, answered and told.
#include "tests/sim/fuzz_tally.hpp"

namespace weir::signaling {

void FuzzTally::note(FuzzRun& run) {
    FuzzBench& bench = run.bench();
    for (const auto& [call, told] : bench.listener.told)
        for (const char event : told) {
            if (event == 'c') ++seen_["connected"];
            if (event == 'm') ++seen_["media changed"];
        }
    for (const auto& sent : bench.stack.sent)
        note_sent(sent.request.message);
    for (const auto& answered : bench.stack.answered) {
        const SipMessage& response = answered.response;
        if (response.find("RSeq") != nullptr) ++seen_["reliable 1xx sent"];
        if (response.status == 491 || response.status == 302 || response.status == 202 ||
            response.status == 422)
            ++seen_[std::to_string(response.status) + " sent"];
    }
    seen_["CANCEL sent"] += static_cast<unsigned>(bench.stack.cancelled.size());
}

void FuzzTally::note_sent(const SipMessage& request) {
    const std::string* to = request.find("To");
    const bool is_later = to != nullptr && to->find("tag=") != std::string::npos;
    ++seen_[(request.method == "INVITE" && is_later ? "re-INVITE" : request.method) + " sent"];
    if (request.find("Authorization") != nullptr || request.find("Proxy-Authorization") != nullptr)
        ++seen_["challenge answered"];
    if (request.method == "INVITE" && request.request_uri.find("192.0.2.21") != std::string::npos)
        ++seen_["hunted on"];
    if (request.method == "INVITE" && request.request_uri.find("192.0.2.30") != std::string::npos)
        ++seen_["third party called"];
    if (request.find("Session-Expires") != nullptr) ++seen_["session timer asked"];
    if (request.find("Replaces") != nullptr) ++seen_["Replaces sent"];
}

unsigned FuzzTally::count(const std::string& what) const {
    const auto found = seen_.find(what);
    return found == seen_.end() ? 0 : found->second;
}

std::string FuzzTally::text() const {
    std::string text;
    for (const auto& [what, count] : seen_)
        text += (text.empty() ? "" : ", ") + what + " " + std::to_string(count);
    return text;
}

}  // namespace weir::signaling
