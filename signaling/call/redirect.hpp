// SPDX-License-Identifier: Apache-2.0
// The Contacts of 3xx responses that are followed: order, bounds and loops (RFC 3261 8.1.3.4, spec
// B.6).
//
// Thread: any; pure.
//
// | what comes                                   | what follows |
// |----------------------------------------------|--------------|
// | 3xx, the peer's max-redirects not reached    | its Contacts by q behind each other, each tried
// once per call | | 3xx beyond max-redirects                     | its Contacts are not looked at |
// | a Contact that this call was sent to already | is passed over: a loop |
// | no Contact left                              | the call hunts on, with the cause of the last
// attempt |
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "signaling/api/message.hpp"

namespace weir::signaling {

class RedirectList {
public:
    // Takes the Contacts of a 3xx, none of them once max-redirects is reached.
    void take(const SipMessage& response, std::uint8_t max_redirects);
    // Contacts that are left and may still be tried, best first; each is given once.
    [[nodiscard]] std::optional<std::string> next();
    [[nodiscard]] bool has_next() const { return !contacts_.empty(); }
    // A URI that the call goes to without having been redirected there.
    void note_tried(const std::string& uri);
    void clear() { contacts_.clear(); }

private:
    [[nodiscard]] bool was_tried(const std::string& uri) const;

    std::vector<std::string> contacts_;  // the next one last
    std::vector<std::string> tried_;
    std::uint8_t followed_ = 0;
};

// The q of a Contact in thousandths; 1000 if there is none or it cannot be read (RFC 3261 20.10).
[[nodiscard]] unsigned contact_q(const NameAddr& contact);

}  // namespace weir::signaling
