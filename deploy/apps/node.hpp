// SPDX-License-Identifier: Apache-2.0
// The configuration of a node: both files read, compiled and held against each other and the
// machine.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/model/config.hpp"
#include "config/platform/host.hpp"
#include "config/platform/platform.hpp"
#include "dialplan/dial_plan.hpp"

namespace weir::apps {

struct NodeFiles {
    std::string config;
    std::string platform;  // "" = none: only the configuration is checked
    // The file that `config` is a copy of: `flash:` lies beside it. "" = `config` itself.
    std::string startup{};
    // The configuration itself, where it lies in no file; `config` is its name in diagnostics then.
    std::optional<std::string> text{};
};

struct Node {
    config::Platform platform;  // defaults when there is no file
    config::ConfigPtr config;
    std::shared_ptr<const dialplan::DialPlan> plan;
    // Addresses that the files name and this machine does not have now: what would use them is
    // down, the rest of the node runs. A sentence for each, for `show version`.
    std::vector<IpAddress> absent{};
    std::vector<std::string> absent_texts{};
    [[nodiscard]] bool is_absent(const IpAddress& address) const;
};

struct NodeCheck {
    std::optional<Node> node;  // when there is no error
    std::string report;        // every diagnostic, for people
    std::size_t errors = 0;
    std::size_t warnings = 0;
};

// Reads and checks everything in one run. `host` null: a check for another machine. An address
// that this machine does not have is a warning while another realm and another listener are left:
// a link that is down at the restart of a node must not keep the others from coming up.
[[nodiscard]] NodeCheck load_node(const NodeFiles& files, const config::HostFacts* host);

// Where SIP listens (spec N23): the addresses of the interfaces named by `bind control` at any
// level, or without a global bind those of every interface that has one; else sip.listen, else the
// realms. At `listen-port`, else sip.port; tenants' ports beside it (spec A.13).
[[nodiscard]] std::vector<config::SipListener> sip_listeners(const config::Config& config,
                                                             const config::Platform& platform);

// What is wrong between the two files: interfaces without a realm, port ranges that overlap.
[[nodiscard]] std::vector<std::string> cross_check(const config::Config& config,
                                                   const config::Platform& platform);

// The addresses of interfaces in use that this machine does not have: no socket could be bound.
struct MissingAddress {
    std::string interface;
    IpAddress address;
    config::Place place;
    [[nodiscard]] std::string text(const char* severity) const;  // "weir.cfg:12: error: ..."
};
[[nodiscard]] std::vector<MissingAddress> missing_addresses(const config::Config& config,
                                                            const config::Platform& platform,
                                                            const config::HostFacts& host);

}  // namespace weir::apps
