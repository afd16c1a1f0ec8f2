// SPDX-License-Identifier: Apache-2.0
// EdgePart: keepalive, registration and limits on calls as weir-sip runs them, and their commands.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "config/admin/command_table.hpp"
#include "deploy/apps/binding_store.hpp"
#include "deploy/apps/load_meter.hpp"
#include "signaling/call/call_table.hpp"
#include "signaling/call/show_dial_peers.hpp"
#include "signaling/client/keepalive_client.hpp"
#include "signaling/client/register_client.hpp"
#include "signaling/client/registration_proxy.hpp"

namespace weir::apps {

class EdgePart {
public:
    // A user of the router and the gate of the calls from now on. All outlive it.
    EdgePart(const signaling::ClientParts& parts, const signaling::NetworkKnowledge& network,
             signaling::CallTable& calls, signaling::SipRouter& router);
    ~EdgePart();
    EdgePart(const EdgePart&) = delete;
    EdgePart& operator=(const EdgePart&) = delete;

    void set_config(const config::ConfigPtr& config);  // thread: sip
    // Endpoints behind us that were registered when weir-sip ended are again; from now on they are
    // kept in that file. After the first set_config(), before the loop runs. Blocks on the disk.
    void keep_bindings(const std::string& file);
    void add_commands(config::CommandTable& table);
    // The end of the node: removes what is registered; over when is_idle(). Thread: sip.
    void stop() { registrations_.stop(); }
    void give_up() { registrations_.give_up(); }
    [[nodiscard]] bool is_idle() const { return registrations_.is_idle(); }
    [[nodiscard]] std::vector<Metric> metrics() const;  // thread: sip
    // KEEPALIVE of `show dial-peer voice summary`. Thread: any.
    [[nodiscard]] signaling::KeepaliveColumn keepalive_column() const;

private:
    void publish();
    void add_keepalive_commands(config::CommandTable& table);
    void add_limit_commands(config::CommandTable& table);
    void add_register_commands(config::CommandTable& table);
    void add_passthrough_commands(config::CommandTable& table);
    [[nodiscard]] config::CommandHandler on_sip(
        std::function<config::Answer(const std::vector<std::string>&)> work);

    signaling::ClientParts parts_;
    signaling::CallTable& calls_;
    config::ConfigPtr config_;  // thread: sip
    signaling::KeepaliveClient keepalive_;
    signaling::RegisterClient registrations_;
    signaling::RegistrationProxy passthrough_;
    std::unique_ptr<BindingStore> bindings_;  // null: nothing is kept
    LoadMeter load_;
    mutable std::mutex column_lock_;
    signaling::KeepaliveColumn column_;
};

}  // namespace weir::apps
