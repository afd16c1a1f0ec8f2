// SPDX-License-Identifier: Apache-2.0
// The words around the tables of calls.
#include "deploy/apps/call_commands.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "config/base/text.hpp"
#include "deploy/apps/call_pictures.hpp"
#include "deploy/apps/silent_calls.hpp"
#include "signaling/show/cause_text.hpp"
#include "signaling/show/show_legs.hpp"
#include "signaling/show/show_limits.hpp"
#include "signaling/show/show_sip_calls.hpp"

namespace weir::apps {
namespace {

using config::Access;
using config::CommandHandler;
using config::Respond;
using signaling::CallLeg;
using signaling::LegMedia;
using signaling::LegTable;
using Arguments = std::vector<std::string>;
using PrintLegs = std::string (*)(const LegTable&);

// Which calls, said behind the command: nothing, or one word and its value.
constexpr const char* kChoices[] = {"id", "calling-number", "called-number"};

Result<signaling::CallId> call_id_in(const std::string& typed) {
    std::uint64_t value = 0;
    const auto end = typed.data() + typed.size();
    const auto read = std::from_chars(typed.data(), end, value, 16);
    if (read.ec != std::errc() || read.ptr != end)
        return fail(ErrorCode::invalid,
                    "An id is the hexadecimal number that show call active "
                    "voice brief begins each leg with");
    return signaling::CallId{value};
}

Result<signaling::CallChoice> choice_of(const std::string& word, const std::string& value) {
    signaling::CallChoice choice;
    if (word == "id") {
        const auto id = call_id_in(value);
        if (!id) return fail(id.error());
        choice.id = *id;
    } else if (word == "calling-number") {
        choice.calling = value;
    } else if (word == "called-number") {
        choice.called = value;
    } else if (word == "voice-port") {
        choice.voice_port = value;
    }
    return choice;
}

LegTable table_of(const OperatorSources& sources, const Picture& picture, LegMedia media) {
    return {full_legs(picture.joined(), sources.loop.clock().now(), media), sources.started_at,
            picture.not_shown};
}

CommandHandler legs_command(const OperatorSources& sources, const std::string& word, LegMedia media,
                            PrintLegs print) {
    return over_calls(
        sources,
        [word](const Arguments& arguments) -> Result<CallsWanted> {
            CallsWanted wanted{{}, signaling::kShownCalls, true};
            if (arguments.empty()) return wanted;
            auto choice = choice_of(word, arguments.front());
            if (!choice) return fail(choice.error());
            wanted.choice = std::move(*choice);
            return wanted;
        },
        [media, print](const OperatorSources& from, const Picture& picture) {
            return print(table_of(from, picture, media));
        });
}

struct Form {
    const char* words;  // behind voice or video
    const char* help;
    PrintLegs print;
};

void add_active(config::CommandTable& table, const OperatorSources& sources) {
    constexpr Form kForms[] = {
        {"", "Everything about each call leg", signaling::show_legs_long},
        {" brief", "Six lines per call leg", signaling::show_legs_brief},
        {" stats", "Counters of the RTP of each leg", signaling::show_legs_stats}};
    for (const auto& [kind, media] :
         {std::pair{"voice", LegMedia::voice}, std::pair{"video", LegMedia::video}}) {
        for (const Form& form : kForms) {
            const std::string words = fmt::format("show call active {}{}", kind, form.words);
            table.add({words, form.help, legs_command(sources, "", media, form.print), Access::all,
                       legs_command(sources, "", media, signaling::legs_json)});
            for (const std::string word : kChoices)
                table.add({fmt::format("{} {} <{}>", words, word, word), "Of these calls",
                           legs_command(sources, word, media, form.print), Access::all,
                           legs_command(sources, word, media, signaling::legs_json)});
        }
    }
}

void add_sip_calls(config::CommandTable& table, const OperatorSources& sources) {
    constexpr Form kForms[] = {
        {"", "The SIP side of each call leg", signaling::show_sip_ua_calls},
        {" brief", "A line per call leg", signaling::show_sip_ua_calls_brief}};
    for (const Form& form : kForms) {
        const std::string words = fmt::format("show sip-ua calls{}", form.words);
        const auto sip_legs = [&](const std::string& word, PrintLegs print) {
            return legs_command(sources, word, LegMedia::voice, print);
        };
        table.add({words, form.help, sip_legs("", form.print), Access::all,
                   sip_legs("", signaling::legs_json)});
        for (const std::string word : {"calling-number", "called-number"})
            table.add({fmt::format("{} {} <{}>", words, word, word), "Of these calls",
                       sip_legs(word, form.print), Access::all,
                       sip_legs(word, signaling::legs_json)});
    }
}

// ---- What has ended ----------------------------------------------------------------------------

// Which of the legs of the history; an error is the answer.
using PickLegs =
    std::function<Result<std::vector<CallLeg>>(std::vector<CallLeg> all, const Arguments&)>;

CommandHandler history_command(const OperatorSources& sources, LegMedia media, PickLegs pick,
                               PrintLegs print) {
    return on_sip(sources, [sources, media, pick = std::move(pick), print](
                               const Arguments& arguments, const Respond& respond) {
        auto legs = pick(sources.history.legs(0, media), arguments);
        if (!legs) return respond({false, "% " + legs.error().context + "\n"});
        const auto shown =
            std::make_shared<LegTable>(LegTable{std::move(*legs), sources.started_at, 0});
        respond({true, "", [shown, print] { return print(*shown); }});
    });
}

Result<std::vector<CallLeg>> all_legs(std::vector<CallLeg> all, const Arguments&) {
    return all;
}

Result<std::vector<CallLeg>> legs_of_call(std::vector<CallLeg> all, const Arguments& arguments) {
    const auto id = call_id_in(arguments.front());
    if (!id) return fail(id.error());
    std::erase_if(all, [&](const CallLeg& leg) { return leg.call != *id; });
    return all;
}

Result<std::vector<CallLeg>> last_legs(std::vector<CallLeg> all, const Arguments& arguments) {
    const auto count = text::number(arguments.front());
    if (!count || *count == 0) return fail(ErrorCode::invalid, "How many calls? 1 to 500");
    std::size_t calls = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (i == 0 || all[i].call != all[i - 1].call) ++calls;
        if (calls > *count) {
            all.resize(i);
            break;
        }
    }
    return all;
}

// `duration {less | more} SECONDS`
Result<std::chrono::seconds> seconds_in(const std::string& typed) {
    const auto number = text::number(typed);
    if (!number || *number > INT32_MAX)
        return fail(ErrorCode::invalid, "A duration is a number of seconds");
    return std::chrono::seconds(*number);
}

void add_history(config::CommandTable& table, const OperatorSources& sources) {
    constexpr Form kForms[] = {
        {"", "Everything about each leg of calls that have ended", signaling::show_legs_long},
        {" brief", "Six lines per call leg", signaling::show_legs_brief},
        {" stats", "Counters of the RTP of each leg", signaling::show_legs_stats},
        {" compact", "A line per call leg", signaling::show_history_compact}};
    for (const auto& [kind, media] :
         {std::pair{"voice", LegMedia::voice}, std::pair{"video", LegMedia::video}}) {
        const std::string words = fmt::format("show call history {}", kind);
        const auto add = [&, media = media](const std::string& behind, const std::string& help,
                                            const PickLegs& pick, PrintLegs print) {
            table.add({words + behind, help, history_command(sources, media, pick, print),
                       Access::all, history_command(sources, media, pick, signaling::legs_json)});
        };
        for (const Form& form : kForms)
            add(form.words, form.help, all_legs, form.print);
        add(" id <id>", "Of one call", legs_of_call, signaling::show_legs_long);
        add(" brief id <id>", "Of one call", legs_of_call, signaling::show_legs_brief);
        add(" last <count>", "Of the calls that ended last", last_legs, signaling::show_legs_long);
        for (const bool more : {false, true})
            add(
                fmt::format(" compact duration {} <seconds>", more ? "more" : "less"),
                more ? "Longer than" : "Shorter than",
                [more](std::vector<CallLeg> all,
                       const Arguments& arguments) -> Result<std::vector<CallLeg>> {
                    const auto limit = seconds_in(arguments.front());
                    if (!limit) return fail(limit.error());
                    std::erase_if(all, [&](const CallLeg& leg) {
                        return more ? leg.duration() <= *limit : leg.duration() >= *limit;
                    });
                    return all;
                },
                signaling::show_history_compact);
    }
}

// ---- Clear -------------------------------------------------------------------------------------

std::string cleared_text(std::size_t calls, std::uint8_t cause) {
    return fmt::format("{} call{} released with cause {}\n", calls, calls == 1 ? " is" : "s are",
                       signaling::cause_text(cause));
}

std::optional<std::uint8_t> cause_in(const std::string& typed) {
    const auto cause = text::number(typed);
    if (!cause || *cause == 0 || *cause > 127) return std::nullopt;
    return static_cast<std::uint8_t>(*cause);
}

void add_clear(config::CommandTable& table, const OperatorSources& sources) {
    const std::string words = "clear call voice causecode <1-127>";
    constexpr const char* kNoCause = "% A cause of Q.850 is 1 to 127\n";
    for (const std::string word : {"id", "calling-number", "called-number", "voice-port"})
        table.add({fmt::format("{} {} <{}>", words, word, word), "Ends these calls, both legs",
                   on_sip(sources,
                          [sources, word](const Arguments& arguments, const Respond& respond) {
                              const auto cause = cause_in(arguments[0]);
                              if (!cause) return respond({false, kNoCause});
                              const auto choice = choice_of(word, arguments[1]);
                              if (!choice)
                                  return respond({false, "% " + choice.error().context + "\n"});
                              const auto ended = sources.calls.release_calls(*choice, *cause);
                              if (ended == 0) return respond({false, "% There is no such call\n"});
                              respond({true, cleared_text(ended, *cause)});
                          }),
                   Access::admin});
    table.add({words + " media-inactive", "Ends the calls in which nobody has sent for 30 seconds",
               on_sip(sources,
                      [sources](const Arguments& arguments, const Respond& respond) {
                          const auto cause = cause_in(arguments[0]);
                          if (!cause) return respond({false, kNoCause});
                          release_silent_calls({sources.calls, sources.reports, sources.loop},
                                               *cause, [respond, cause](std::size_t ended) {
                                                   respond({true, cleared_text(ended, *cause)});
                                               });
                      }),
               Access::admin});
}

}  // namespace

void add_call_commands(config::CommandTable& table, const OperatorSources& sources) {
    add_active(table, sources);
    add_sip_calls(table, sources);
    add_history(table, sources);
    add_clear(table, sources);
}

}  // namespace weir::apps
