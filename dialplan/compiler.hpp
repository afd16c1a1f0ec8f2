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
    // Which peers an inbound index holds.
    using Wanted = std::function<bool(const CompiledPeer&)>;

    void classes();
    void translations();
    void enum_tables();
    CompiledStep step(const config::TranslationProfile::Step& source);
    void profiles();
    void expansions();
    void peers();
    CompiledPeer peer(const config::DialPeer& source);
    [[nodiscard]] bool can_dial(const config::DialPeer& source) const;
    void inbound();
    void inbound_scope(const Wanted& wanted, Compiled::InboundScope& scope);
    void inbound_numbers(const Wanted& wanted, Compiled::InboundNumbers& numbers);
    NumberIndex lowest(const Wanted& wanted, const char* command,
                       const std::string config::DialPeer::*text);
    NumberIndex lowest_maps(const Wanted& wanted,
                            const std::optional<std::uint32_t> config::DialPeer::*map);
    NumberIndex lowest_dnis(const Wanted& wanted);
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
