// SPDX-License-Identifier: Apache-2.0
// Each command: posted to the SIP thread, a snapshot, the printed text as answer.
#include "deploy/apps/operator_commands.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "config/base/text.hpp"
#include "deploy/apps/call_commands.hpp"
#include "deploy/apps/call_pictures.hpp"
#include "deploy/apps/call_rows.hpp"
#include "deploy/apps/cause_commands.hpp"
#include "deploy/apps/class_commands.hpp"
#include "deploy/apps/config_commands.hpp"
#include "deploy/apps/connection_commands.hpp"
#include "deploy/apps/dialplan_commands.hpp"
#include "deploy/apps/media_commands.hpp"
#include "deploy/apps/node_commands.hpp"
#include "deploy/apps/peer_commands.hpp"
#include "deploy/apps/peer_counter_commands.hpp"
#include "deploy/apps/recording_commands.hpp"
#include "deploy/apps/sip_state_commands.hpp"
#include "deploy/apps/sip_ua_commands.hpp"
#include "deploy/apps/word_help.hpp"
#include "forking/ledger/render.hpp"

namespace weir::apps {
namespace {

using config::Answer;
using config::CommandHandler;
using config::Respond;
using Arguments = std::vector<std::string>;

constexpr const char* kNoCandidate =
    "% There is no candidate: configure exclusive candidate makes one\n";

// A command whose text is at hand.
CommandHandler text_of(const OperatorSources& sources,
                       std::function<std::string(const OperatorSources&)> print) {
    return on_sip(sources,
                  [sources, print = std::move(print)](const Arguments&, const Respond& respond) {
                      respond({true, print(sources)});
                  });
}

std::vector<signaling::RtpConnection> connections_of(const Picture& picture) {
    auto rows = rtp_connections(picture.joined());
    for (const dataplane::Report& report : picture.reports)
        if (picture.is_orphan(report.state.session)) add_orphan_connections(report, rows);
    return rows;
}

// Calls, then the ports of weir-media; printed on the admin thread.
void print_connections(const OperatorSources& sources, bool detail, const Respond& respond) {
    gather_calls(sources, {}, [sources, detail, respond](const PicturePtr& picture) {
        sources.reports.read_plane([sources, detail, respond, picture](const auto& report) {
            const config::RtpPortRange& range = sources.node.config->voice.rtp_ports;
            signaling::RtpPortUsage usage{range.min, range.max, 0, 0, 0};
            if (report) {
                usage.available = report->ports_available;
                usage.reserved = report->ports_quarantined;
                usage.in_use = report->ports_in_use;
            }
            respond({true, "", [usage, detail, picture] {
                         return signaling::show_voip_rtp_connections(
                             usage, connections_of(*picture), detail);
                     }});
        });
    });
}

// `mode` is what weir-media has taken, "" while it does not answer.
std::string version_text(const OperatorSources& sources, const std::string& mode) {
    const auto up = std::chrono::duration_cast<std::chrono::seconds>(sources.loop.clock().now() -
                                                                     sources.started_at)
                        .count();
    std::string text = fmt::format(
        "Weir {}, session border element and media-forking proxy\n{} uptime is {}:{:02}:{:02}\n",
        WEIR_VERSION, sources.node.config->hostname, up / 3600, up / 60 % 60, up % 60);
    for (const auto& [transport, endpoint] : sources.stack.listeners())
        text += fmt::format("SIP listens on {} {}\n", signaling::to_string(transport),
                            endpoint.to_string());
    for (const std::string& absent : sources.node.absent_texts)
        text += fmt::format("Down since the start: {}\n", absent);
    for (const config::Realm& realm : sources.node.platform.realms)
        text += fmt::format("Media realm {} is {}\n", realm.name, realm.address.to_string());
    text += fmt::format("Media I/O mode is {}, media link is {}\n",
                        mode.empty() ? "not known" : mode, sources.plane.is_up() ? "up" : "down");
    text += fmt::format("{} active calls, {} recordings in progress\n", sources.calls.size(),
                        sources.ledger.active().size());
    return text;
}

void print_version(const OperatorSources& sources, const Respond& respond) {
    sources.reports.read_plane(
        [sources, respond](const std::optional<dataplane::PlaneReport>& report) {
            respond({true, version_text(sources, report ? io_mode_of(*report) : "")});
        });
}

void ledger_of_guid(const OperatorSources& sources, const Arguments& arguments,
                    const Respond& respond) {
    const auto guid = Guid::parse(arguments.front());
    if (!guid) return respond({false, fmt::format("% {}\n", guid.error().context)});
    respond({true, forking::ledger_text(sources.ledger, {*guid, kLedgerHistory})});
}

PlanSources plan_sources(const OperatorSources& sources) {
    struct Compiled {
        config::ConfigPtr config;
        PlanPtr plan;
    };
    // The last candidate that was asked about: a large one takes a second to compile.
    const auto last = std::make_shared<Compiled>();
    return {[&live = sources.live] { return live.plan(); },
            [&live = sources.live, &store = sources.store, last]() -> Result<PlanPtr> {
                const auto& candidate = store.candidate();
                if (!candidate) {
                    *last = {};
                    return fail(ErrorCode::not_found, kNoCandidate);
                }
                if (last->config == candidate) return last->plan;
                auto plan = live.compile(candidate);
                if (plan) *last = {candidate, *plan};
                return plan;
            }};
}

Result<CallsWanted> any_call(const Arguments&) {
    return CallsWanted{};
}

using PrintActive = std::string (*)(const std::vector<signaling::ActiveLeg>&);
using KeepLeg = std::function<bool(const signaling::ActiveLeg&)>;

// The legs that `keep` wants; empty: all.
CommandHandler compact(const OperatorSources& sources, PrintActive print, const KeepLeg& keep) {
    return over_calls(sources, any_call,
                      [print, keep](const OperatorSources& from, const Picture& picture) {
                          auto legs = active_legs(picture.joined(), from.loop.clock().now());
                          if (keep)
                              std::erase_if(legs, [&](const auto& leg) { return !keep(leg); });
                          return print(legs);
                      });
}

// `duration {less | more} SECONDS`
CommandHandler compact_by_age(const OperatorSources& sources, PrintActive print, bool more) {
    return [sources, print, more](const Arguments& typed, const Respond& respond) {
        const auto seconds = text::number(typed.front());
        if (!seconds) return respond({false, "% A number of seconds is missing\n"});
        const auto keep = [more, limit = *seconds](const signaling::ActiveLeg& leg) {
            const auto age = static_cast<std::uint64_t>(leg.age.count());
            return more ? age > limit : age < limit;
        };
        compact(sources, print, keep)(typed, respond);
    };
}

void add_compact(config::CommandTable& table, const OperatorSources& sources) {
    const std::string words = "show call active voice compact";
    table.add({words, "One line per call leg",
               compact(sources, signaling::show_call_active_voice_compact, nullptr),
               config::Access::all, compact(sources, active_legs_json, nullptr)});
    for (const bool more : {false, true})
        table.add({fmt::format("{} duration {} <seconds>", words, more ? "more" : "less"),
                   more ? "Of calls that are older" : "Of calls that are younger",
                   compact_by_age(sources, signaling::show_call_active_voice_compact, more),
                   config::Access::all, compact_by_age(sources, active_legs_json, more)});
}

void add_tables_of_calls(config::CommandTable& table, const OperatorSources& sources) {
    add_compact(table, sources);
    for (const bool detail : {false, true})
        table.add(
            {detail ? "show voip rtp connections detail" : "show voip rtp connections",
             detail ? "With the numbers of each leg" : "RTP ports and who uses them",
             on_sip(sources,
                    [sources, detail](const Arguments&, const Respond& respond) {
                        print_connections(sources, detail, respond);
                    }),
             config::Access::all,
             over_calls(sources, any_call, [](const OperatorSources&, const Picture& picture) {
                 return rtp_connections_json(connections_of(picture));
             })});
    table.add({"show voip rtp forking", "Copies to recorders",
               over_calls(sources, any_call, [](const OperatorSources&, const Picture& picture) {
                   return signaling::show_voip_rtp_forking(fork_groups(picture.joined()));
               })});
}

}  // namespace

config::CommandTable operator_commands(const OperatorSources& sources) {
    config::CommandTable table;
    table.add({"show version", "Program, uptime, listeners, media",
               on_sip(sources, [sources](const Arguments&, const Respond& respond) {
                   print_version(sources, respond);
               })});
    add_media_commands(table, sources);
    table.add({"show call active total-calls", "How many calls there are",
               text_of(sources,
                       [](const OperatorSources& from) {
                           return fmt::format("Total Number of Active Calls : {}\n",
                                              from.calls.size());
                       }),
               config::Access::all, text_of(sources, [](const OperatorSources& from) {
                   return fmt::format("{{\"calls\":{}}}\n", from.calls.size());
               })});
    add_tables_of_calls(table, sources);
    table.add({"show recording ledger", "Recordings and whether each is whole",
               text_of(sources, [](const OperatorSources& from) {
                   return forking::ledger_text(from.ledger, {});
               })});
    table.add({"show recording ledger json", "The same as JSON",
               text_of(sources, [](const OperatorSources& from) {
                   return forking::ledger_json(from.ledger, {std::nullopt, kLedgerHistory}) + "\n";
               })});
    table.add({"show recording ledger guid <guid>", "Those of one call, by its Cisco-Guid",
               on_sip(sources, [sources](const Arguments& arguments, const Respond& respond) {
                   ledger_of_guid(sources, arguments, respond);
               })});
    const PlanSources plans = plan_sources(sources);
    add_config_commands(table, plans);
    add_node_commands(table, plans);
    add_peer_commands(table, plans, sources.keepalive);
    add_peer_counter_commands(table, plans, sources);
    add_call_commands(table, sources);
    add_recording_commands(table, sources);
    add_sip_state_commands(table, sources);
    add_connection_commands(table, sources);
    add_sip_ua_commands(table, plans);
    add_cause_commands(table, plans);
    add_class_commands(table, plans);
    add_dialplan_commands(table, plans);
    add_word_help(table);
    return table;
}

}  // namespace weir::apps
