// SPDX-License-Identifier: Apache-2.0
// The parts of validate(): one function for each kind of object, and what they share.
//
// As on the router, a command may name an object that is not there: it then does nothing, which
// is a warning that says what follows from it. An error is what cannot work at all.
#pragma once

#include <string>
#include <vector>

#include "config/model/validate.hpp"

namespace weir::config {

using Findings = std::vector<Finding>;

inline std::string peer_block(DialPeerTag tag) {
    return "dial-peer voice " + std::to_string(tag.value());
}

// Adds findings of one block. Thread: the one that validates.
class BlockFindings {
public:
    BlockFindings(Findings& findings, std::string block)
        : findings_(findings), block_(std::move(block)) {}

    void error(const std::string& command, const std::string& text) const {
        findings_.push_back({Finding::Severity::error, block_, command, text});
    }
    void warn(const std::string& command, const std::string& text) const {
        findings_.push_back({Finding::Severity::warning, block_, command, text});
    }
    // "voice class codec 5 does not exist: CONSEQUENCE"
    void missing(const std::string& command, const std::string& what,
                 const std::string& consequence) const {
        warn(command, what + " does not exist: " + consequence);
    }
    // The same where a command names one by its number, and the number is not in the table.
    template <typename Tag, typename Objects>
    void reference(const std::string& command, const Tag& tag, const Objects& objects,
                   const std::string& what, const std::string& consequence) const {
        if (tag && !objects.contains(*tag))
            missing(command, what + " " + std::to_string(*tag), consequence);
    }

private:
    Findings& findings_;
    std::string block_;
};

// "no group", "only 1 group", "only 3 groups".
inline std::string groups_text(std::size_t groups) {
    if (groups == 0) return "no group";
    return "only " + std::to_string(groups) + (groups == 1 ? " group" : " groups");
}

void validate_peers(const Config& config, Findings& findings);
void validate_classes(const Config& config, Findings& findings);
void validate_translations(const Config& config, Findings& findings);
void validate_recording(const Config& config, Findings& findings);
// The SIP settings of one level; `prefix` stands before its commands: "voice-class sip " or "".
void validate_sip(const Config& config, const SipOptions& sip, const std::string& prefix,
                  const BlockFindings& at);

}  // namespace weir::config
