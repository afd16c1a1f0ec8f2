// SPDX-License-Identifier: Apache-2.0
// Turns a configuration into Compiled and collects what is wrong with it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "dialplan/compiled.hpp"

namespace weir::dialplan {

// Thread: any; used once.
class Compiler {
public:
    Compiler(config::ConfigPtr config, MapFiles files);

    // Complete, or with errors(): then it is not to be used.
    [[nodiscard]] std::shared_ptr<const Compiled> run();
    [[nodiscard]] const std::string& errors() const { return errors_; }

private:
    // Patterns of one inbound criterion: the lowest peer of each text.
    using LowestPeers = std::map<std::string_view, PeerIndex>;

    void classes();
    void translations();
    CompiledStep step(const config::TranslationProfile::Step& source);
    void profiles();
    void expansions();
    void peers();
    CompiledPeer peer(const config::DialPeer& source);
    [[nodiscard]] bool can_dial(const config::DialPeer& source) const;
    void inbound();
    void inbound_numbers(config::DialPeer::Type type, Compiled::InboundNumbers& numbers);
    NumberIndex lowest(config::DialPeer::Type type, const char* command,
                       const std::string config::DialPeer::*text);
    NumberIndex lowest_maps(config::DialPeer::Type type,
                            const std::optional<std::uint32_t> config::DialPeer::*map);
    void outbound();
    PeerNumbers outbound_numbers(const std::string config::DialPeer::*text,
                                 const std::optional<std::uint32_t> config::DialPeer::*map);
    void maps();
    const NumberPattern* pattern(const std::string& where, std::string_view text);
    void add_error(const std::string& text);
    void add_notice(const std::string& text);

    config::ConfigPtr config_;
    std::shared_ptr<Compiled> made_;
    std::optional<NumberPattern> scratch_;  // of pattern()
    std::string errors_;
    std::size_t error_count_ = 0;
    std::size_t notice_count_ = 0;
};

}  // namespace weir::dialplan
