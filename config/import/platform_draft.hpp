// SPDX-License-Identifier: Apache-2.0
// The platform.yaml of an import: what the lines of a router say about the machine.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/import/capture.hpp"
#include "config/model/config.hpp"

namespace weir::config {

// Thread: the one that imports.
class PlatformDraft {
public:
    // A line of the configuration, in order, with the head of its block.
    void line(std::string_view block, std::string_view line);

    // Interfaces that stay with the host, with the reason: they carry no calls.
    [[nodiscard]] std::map<std::string, std::string> host_interfaces() const;

    // The file. `todo` gets what a person has to decide.
    [[nodiscard]] std::string text(const Config& config, const std::string& source,
                                   std::vector<std::string>& todo) const;

private:
    struct Facts {        // of one interface
        std::string vrf;  // ip vrf forwarding, vrf forwarding
        std::uint16_t vlan = 0;
        bool is_dynamic = false;  // ip address dhcp or negotiated
    };
    void interface_line(const std::string& name, const std::vector<std::string_view>& words);
    void user_line(const std::vector<std::string_view>& words);
    void add_shared(std::string_view address);
    [[nodiscard]] std::string realms(const Config& config, std::vector<std::string>& todo) const;
    [[nodiscard]] std::string interfaces(const Config& config,
                                         std::vector<std::string>& todo) const;
    [[nodiscard]] std::string operators() const;
    [[nodiscard]] std::string pair() const;

    std::map<std::string, Facts> interfaces_;
    std::map<std::string, bool> users_;  // name -> administrator
    std::vector<std::string> shared_;    // addresses of both nodes of a pair
    std::vector<std::string> partners_;  // addresses of the other node
};

// The interfaces of the configuration whose addresses cannot be realms, because there are more than
// kMaxRealms: those that no bind names, from the end.
[[nodiscard]] std::set<std::string> beyond_realms(const Config& config);

}  // namespace weir::config
