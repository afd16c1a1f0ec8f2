// SPDX-License-Identifier: Apache-2.0
// SessionDebugs: what one operator session debugs: `debug`, `undebug`, `show debugging` (spec
// H.11).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "config/admin/session.hpp"

namespace weir::apps {

// Switches `debug WHAT` of a session: "voip dialpeer inout", "ccsip messages number 4930"; "" with
// `on` false: everything off. The answer says what is wrong with it. Thread: admin; never blocks.
using DebugSwitch = std::function<config::Answer(std::uint64_t session, const std::string& what,
                                                 bool on, const config::Emit& emit)>;

// Thread: admin. Ends what is on when the session ends.
class SessionDebugs {
public:
    // `switches` outlives it; empty: there are no debugs.
    SessionDebugs(const DebugSwitch& switches, std::uint64_t session, config::Emit emit)
        : switch_(switches), session_(session), emit_(std::move(emit)) {}
    ~SessionDebugs();
    SessionDebugs(const SessionDebugs&) = delete;
    SessionDebugs& operator=(const SessionDebugs&) = delete;

    // They live as long as this.
    void add(std::vector<config::OperatorCommand>& list);

private:
    using Arguments = std::vector<std::string>;
    void add_switch(std::vector<config::OperatorCommand>& list, const std::string& what,
                    const std::string& help);
    void add_ccsip(std::vector<config::OperatorCommand>& list);
    void add_aliases(std::vector<config::OperatorCommand>& list);
    [[nodiscard]] config::Answer turn_on(const std::string& what);
    [[nodiscard]] config::Answer turn_off(const std::string& what);
    [[nodiscard]] std::string text() const;

    const DebugSwitch& switch_;
    std::uint64_t session_;
    config::Emit emit_;
    std::vector<std::string> on_;  // "ccsip messages number 4930", in the order of typing
};

}  // namespace weir::apps
