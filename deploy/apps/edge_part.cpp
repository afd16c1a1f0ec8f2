// SPDX-License-Identifier: Apache-2.0
// Wires the clients to the calls, and prints what they know.
#include "deploy/apps/edge_part.hpp"

#include <utility>

#include "config/base/text.hpp"
#include "deploy/apps/edge_json.hpp"
#include "deploy/apps/passthrough_json.hpp"
#include "signaling/client/show_keepalive.hpp"
#include "signaling/edge/show_call_limits.hpp"
#include "signaling/header/sip_profile.hpp"

namespace weir::apps {
namespace {

using config::Answer;
using Arguments = std::vector<std::string>;
using signaling::ThresholdView;

std::optional<std::uint32_t> number_in(const std::string& typed) {
    const auto number = text::number(typed);
    if (!number || *number > UINT32_MAX) return std::nullopt;
    return static_cast<std::uint32_t>(*number);
}

Answer no_number(const std::string& typed) {
    return {false, "% A number is missing: " + text::printable(typed, 20) + "\n"};
}

}  // namespace

EdgePart::EdgePart(const signaling::ClientParts& parts, const signaling::NetworkKnowledge& network,
                   signaling::CallTable& calls, signaling::SipRouter& router)
    : parts_(parts),
      calls_(calls),
      keepalive_(parts, network,
                 [this](const dialplan::Busyout& busyout) {
                     calls_.set_busyout(busyout);
                     calls_.set_busy_addresses(keepalive_.busy_addresses());
                     publish();
                 }),
      registrations_(parts, network),
      passthrough_(
          parts, network,
          [&calls](const signaling::IncomingRequest& request) { return calls.peer_of(request); }),
      load_(parts.loop, calls.gate()) {
    keepalive_.set_profiles([this](std::uint32_t profile, signaling::SipMessage& message) {
        signaling::apply_profile(message, *config_, profile);
    });
    router.add(keepalive_);
    router.add(registrations_);
    router.add(passthrough_);
    calls.set_bindings(&passthrough_.bindings());
    calls.set_left_registrars([this](const IpAddress& address) {
        return registrations_.has_left(address) || passthrough_.has_left(address);
    });
    keepalive_.set_profiles([this](std::uint32_t tag, signaling::SipMessage& options) {
        if (config_) signaling::apply_profile(options, *config_, tag);
    });
}

EdgePart::~EdgePart() {
    calls_.set_bindings(nullptr);
    calls_.set_left_registrars(nullptr);
    passthrough_.set_keeper(nullptr);
}

void EdgePart::keep_bindings(const std::string& file) {
    bindings_ = std::make_unique<BindingStore>(file, parts_.loop.clock(), parts_.log);
    passthrough_.restore(bindings_->journal().restore());
    passthrough_.set_keeper(&bindings_->journal());
}

void EdgePart::set_config(const config::ConfigPtr& config) {
    config_ = config;
    keepalive_.set_config(config);
    registrations_.set_config(config);
    passthrough_.set_config(config);
}

void EdgePart::publish() {
    signaling::KeepaliveColumn column;
    for (const auto& [tag, health] : keepalive_.peers())
        column[tag] = health == signaling::PingHealth::busy      ? "busyout"
                      : health == signaling::PingHealth::partial ? "partial"
                                                                 : "active";
    const std::lock_guard lock(column_lock_);
    column_ = std::move(column);
}

signaling::KeepaliveColumn EdgePart::keepalive_column() const {
    const std::lock_guard lock(column_lock_);
    return column_;
}

std::vector<Metric> EdgePart::metrics() const {
    std::vector<Metric> all = keepalive_.metrics();
    for (Metric& metric : registrations_.metrics())
        all.push_back(std::move(metric));
    for (Metric& metric : passthrough_.metrics())
        all.push_back(std::move(metric));
    if (bindings_)
        for (Metric& metric : bindings_->journal().metrics())
            all.push_back(std::move(metric));
    for (Metric& metric : calls_.gate().metrics())
        all.push_back(std::move(metric));
    return all;
}

config::CommandHandler EdgePart::on_sip(std::function<Answer(const Arguments&)> work) {
    return [&loop = parts_.loop, work = std::move(work)](const Arguments& arguments,
                                                         const config::Respond& respond) {
        if (!loop.post([work, arguments, respond] { respond(work(arguments)); }))
            respond({false, "% The SIP thread is busy; try again\n"});
    };
}

void EdgePart::add_commands(config::CommandTable& table) {
    add_keepalive_commands(table);
    add_limit_commands(table);
    add_register_commands(table);
    add_passthrough_commands(table);
}

void EdgePart::add_passthrough_commands(config::CommandTable& table) {
    using Rows = std::vector<signaling::BindingRow>;
    const auto add = [&](const char* words, const char* help, std::string (*text)(const Rows&)) {
        const auto rows = [this] {
            return signaling::binding_rows(passthrough_.bindings(), parts_.loop.clock().now());
        };
        config::OperatorCommand command{words, help, on_sip([rows, text](const Arguments&) {
                                            return Answer{true, text(rows())};
                                        })};
        command.json = on_sip([rows](const Arguments&) {
            return Answer{true, passthrough_json(rows())};
        });
        table.add(std::move(command));
    };
    table.describe("show sip-ua registration", "Registrations of endpoints behind us");
    table.describe("show sip-ua registration passthrough", "Those passed on to a registrar");
    const char* const help = "Endpoints behind us that a registrar has accepted";
    add("show sip-ua registration passthrough status", help, signaling::show_passthrough);
    add("show sip-ua registration passthrough status detail", help,
        signaling::show_passthrough_detail);
}

void EdgePart::add_register_commands(config::CommandTable& table) {
    const std::string words = "show sip-ua register status";
    table.add({words, "Numbers to be registered, and whether they are",
               on_sip([this](const Arguments&) {
                   return Answer{true, signaling::show_register_status(registrations_.rows(), 0)};
               }),
               config::Access::all, on_sip([this](const Arguments&) {
                   return Answer{true, register_rows_json(registrations_.rows(), 0)};
               })});
    table.add(
        {words + " tenant <tag>", "Of one tenant", on_sip([this](const Arguments& typed) {
             const auto tag = number_in(typed.front());
             if (!tag || *tag == 0) return no_number(typed.front());
             return Answer{true, signaling::show_register_status(registrations_.rows(), *tag)};
         }),
         config::Access::all, on_sip([this](const Arguments& typed) {
             const auto tag = number_in(typed.front());
             if (!tag || *tag == 0) return no_number(typed.front());
             return Answer{true, register_rows_json(registrations_.rows(), *tag)};
         })});
    table.add({"clear sip-ua registrations", "Registers everything anew",
               on_sip([this](const Arguments&) {
                   registrations_.again();
                   return Answer{true, ""};
               }),
               config::Access::admin});
}

void EdgePart::add_keepalive_commands(config::CommandTable& table) {
    const auto status = [this](const signaling::KeepaliveFilter& filter) {
        return Answer{true, signaling::show_keepalive_status(*config_, keepalive_.rows(), filter)};
    };
    const std::string words = "show dial-peer voip keepalive status";
    table.add({words, "Targets pinged by OPTIONS, and whether they answer",
               on_sip([status](const Arguments&) { return status({}); }), config::Access::all,
               on_sip([this](const Arguments&) {
                   return Answer{true, keepalive_json(keepalive_.rows())};
               })});
    table.add({words + " <tag>", "Of one dial-peer", on_sip([status](const Arguments& typed) {
                   const auto tag = number_in(typed.front());
                   if (!tag) return no_number(typed.front());
                   return status({config::DialPeerTag{*tag}, {}});
               })});
    table.add({words + " tenant <tag>", "Of one tenant", on_sip([status](const Arguments& typed) {
                   const auto tag = number_in(typed.front());
                   return tag ? status({{}, *tag}) : no_number(typed.front());
               })});
    table.add(
        {"show voice class sip-options-keepalive <tag>", "One profile and its sessions",
         on_sip([this](const Arguments& typed) {
             const auto tag = number_in(typed.front());
             if (!tag) return no_number(typed.front());
             const auto text = signaling::show_keepalive_profile(*config_, keepalive_.rows(), *tag);
             return text ? Answer{true, *text} : Answer{false, "% " + text.error().context + "\n"};
         })});
    table.add({"show voice class sip-options-keepalive", "All profiles and their sessions",
               on_sip([this](const Arguments&) {
                   std::string all;
                   for (const auto& [tag, profile] : config_->keepalive_profiles)
                       if (const auto text =
                               signaling::show_keepalive_profile(*config_, keepalive_.rows(), tag))
                           all += (all.empty() ? "" : "\n") + *text;
                   return Answer{true, all};
               })});
}

void EdgePart::add_limit_commands(config::CommandTable& table) {
    const auto threshold = [this](ThresholdView view) {
        return on_sip([this, view](const Arguments&) {
            return Answer{true, signaling::show_call_threshold(calls_.gate(), calls_.size(), view)};
        });
    };
    const auto thresholds = on_sip([this](const Arguments&) {
        return Answer{true, thresholds_json(calls_.gate().thresholds(calls_.size()))};
    });
    table.add({"show call threshold config",
               "Limits on new calls, and how often they are looked at",
               threshold(ThresholdView::config), config::Access::all, thresholds});
    table.add({"show call threshold status", "Limits on new calls and where they stand",
               threshold(ThresholdView::status), config::Access::all, thresholds});
    table.add({"show call threshold status unavailable", "Those that refuse new calls now",
               threshold(ThresholdView::unavailable), config::Access::all, thresholds});
    table.add({"show call threshold stats", "Calls refused by each limit",
               threshold(ThresholdView::stats), config::Access::all, thresholds});
    table.add({"show call threshold tenant", "Calls and bandwidth of tenants against their limits",
               on_sip([this](const Arguments&) {
                   return Answer{true, signaling::show_tenant_limits(calls_.shared_limits())};
               })});
    table.add({"show call emergency", "Emergency calls: exempt from every limit on calls",
               on_sip([this](const Arguments&) {
                   return Answer{true, signaling::show_emergency(calls_.emergency(),
                                                                 parts_.loop.clock().now())};
               })});
    table.add({"show call spike status", "New calls in the window of call spike",
               on_sip([this](const Arguments&) {
                   return Answer{true, signaling::show_call_spike_status(
                                           calls_.gate(), parts_.loop.clock().now())};
               }),
               config::Access::all, on_sip([this](const Arguments&) {
                   return Answer{true, spike_json(calls_.gate(), parts_.loop.clock().now())};
               })});
}

}  // namespace weir::apps
