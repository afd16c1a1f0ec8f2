// SPDX-License-Identifier: Apache-2.0
// The configuration of a peer comes from the plan, its counters from the SIP thread.
#include "deploy/apps/peer_counter_commands.hpp"

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "config/base/text.hpp"
#include "deploy/apps/call_pictures.hpp"
#include "deploy/apps/peer_commands.hpp"
#include "signaling/show/show_peer_counters.hpp"

namespace weir::apps {
namespace {

using config::Access;
using config::Answer;
using config::CommandHandler;
using config::DialPeerTag;
using config::Respond;
using signaling::PeerBusy;
using Arguments = std::vector<std::string>;

std::optional<DialPeerTag> tag_in(const std::string& typed) {
    const auto tag = text::number(typed);
    if (!tag || *tag > UINT32_MAX) return std::nullopt;
    return DialPeerTag{static_cast<std::uint32_t>(*tag)};
}

struct PeerNow {
    signaling::PeerCounters counters;
    std::uint32_t calls = 0;  // in progress
};

std::string with_counters(std::string peer, const PeerNow& now, const OperatorSources& sources,
                          bool as_json) {
    if (as_json)
        return fmt::format("{},\"connections\":{},\"counters\":{}}}\n",
                           peer.substr(0, peer.rfind('}')), now.calls,
                           signaling::peer_counters_json(now.counters, sources.started_at));
    constexpr std::string_view kMaximum = "connections/maximum = ";  // spec H.3: 0/unlimited
    if (const auto at = peer.find(kMaximum); at != std::string::npos)
        peer.insert(at + kMaximum.size(), std::to_string(now.calls) + "/");
    return peer + signaling::show_peer_counters(now.counters, sources.started_at,
                                                sources.loop.clock().now());
}

CommandHandler show_one(const PlanSources& plans, const OperatorSources& sources, bool as_json) {
    return [plans, sources, as_json](const Arguments& arguments, const Respond& respond) {
        const auto answer =
            std::make_shared<Answer>(show_peer_of(*plans.running(), arguments, as_json));
        const auto tag = tag_in(arguments.front());
        if (!answer->ok || !tag) return respond(std::move(*answer));
        on_sip(sources, [sources, as_json, answer, tag](const Arguments&, const Respond& done) {
            const PeerNow now{sources.calls.peer_stats().of(*tag),
                              sources.calls.connections().count(*tag)};
            done({true, "", [sources, as_json, answer, now] {
                      return with_counters(answer->text, now, sources, as_json);
                  }});
        })(arguments, respond);
    };
}

CommandHandler show_candidate(const PlanSources& plans, bool as_json) {
    return [plans, as_json](const Arguments& arguments, const Respond& respond) {
        const auto plan = plans.candidate();
        respond(plan ? show_peer_of(**plan, arguments, as_json)
                     : Answer{false, plan.error().context});
    };
}

std::vector<PeerBusy> busy_peers(const OperatorSources& sources, const config::Config& config) {
    std::vector<PeerBusy> peers;
    for (const auto& [tag, peer] : config.dial_peers) {
        const auto calls = sources.calls.connections().count(tag);
        if (calls > 0 || peer.max_conn) peers.push_back({tag, calls, peer.max_conn});
    }
    return peers;
}

CommandHandler busy_trigger(const OperatorSources& sources,
                            std::string (*print)(const std::vector<PeerBusy>&)) {
    return on_sip(sources, [sources, print](const Arguments&, const Respond& respond) {
        const auto peers =
            std::make_shared<std::vector<PeerBusy>>(busy_peers(sources, *sources.node.config));
        respond({true, "", [peers, print] { return print(*peers); }});
    });
}

}  // namespace

void add_peer_counter_commands(config::CommandTable& table, const PlanSources& plans,
                               const OperatorSources& sources) {
    const std::string words = "show dial-peer voice <tag>";
    const char* help = "One dial-peer: its settings, from which level each comes, and its calls";
    table.add({words, help, show_one(plans, sources, false), Access::all,
               show_one(plans, sources, true)});
    table.add({words + " candidate", "The same of what is collected, without calls",
               show_candidate(plans, false), Access::all, show_candidate(plans, true)});
    table.add({"show dial-peer voice busy-trigger-counter",
               "Calls of dial-peers now, against max-conn",
               busy_trigger(sources, signaling::show_busy_trigger), Access::all,
               busy_trigger(sources, signaling::busy_trigger_json)});
    for (const char* behind : {"", " counters"})
        table.add({std::string("clear dial-peer voice <tag>") + behind, "Its calls from zero",
                   on_sip(sources,
                          [sources](const Arguments& typed, const Respond& respond) {
                              const auto tag = tag_in(typed.front());
                              if (!tag || sources.node.config->find_peer(*tag) == nullptr)
                                  return respond({false, "% There is no such dial-peer\n"});
                              sources.calls.peer_stats().clear(*tag, sources.loop.clock().now());
                              respond({true, ""});
                          }),
                   Access::admin});
    table.add({"clear voice statistics", "The calls of all dial-peers from zero",
               on_sip(sources,
                      [sources](const Arguments&, const Respond& respond) {
                          sources.calls.peer_stats().clear_all(sources.loop.clock().now());
                          respond({true, ""});
                      }),
               Access::admin});
}

}  // namespace weir::apps
