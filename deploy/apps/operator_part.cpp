// SPDX-License-Identifier: Apache-2.0
// Words to the operations of an EditSession.
#include "deploy/apps/operator_part.hpp"

#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "config/base/text.hpp"
#include "config/language/language.hpp"

namespace weir::apps {
namespace {

using config::Access;
using config::Answer;
using config::EditAnswer;
using config::OperatorCommand;
using config::Respond;
using Arguments = std::vector<std::string>;

constexpr const char* kWrongMinutes = "% Minutes are 1 to 1440\n";
constexpr std::size_t kImpactCalls = 1000;       // looked at when no number is given
constexpr std::size_t kImpactMaxCalls = 10'000;  // of one comparison

Answer to_answer(EditAnswer answer) {
    return {answer.ok, std::move(answer.text)};
}

std::string history_json(const config::Store& store) {
    boost::json::array array;
    for (const config::Commit& commit : store.history())
        array.push_back(boost::json::object{{"id", commit.id},
                                            {"first", commit.first},
                                            {"at", iso8601(commit.at)},
                                            {"who", commit.who},
                                            {"how", commit.how},
                                            {"comment", commit.comment}});
    return boost::json::serialize(array) + "\n";
}

class OperatorPart final : public config::SessionPart {
public:
    OperatorPart(config::Store& store, const OperatorExtras& extras,
                 const config::OperatorPeer& peer, config::Emit emit)
        : store_(store),
          extras_(extras),
          session_(peer.session),
          emit_(std::move(emit)),
          debugs_(extras.debug, peer.session, emit_),
          edit_(store, "session " + std::to_string(peer.session), peer.name) {}
    ~OperatorPart() override {
        if (extras_.log != nullptr) extras_.log->set_monitor(session_, nullptr);
    }

    std::vector<OperatorCommand> commands() override {
        std::vector<OperatorCommand> list;
        add_editing(list);
        add_commits(list);
        add_shows(list);
        if (extras_.reload_map)
            add(list, "voice class e164-pattern-map load <1-10000>",
                "Reads the file of a map again; a bad file leaves the old one",
                [this](const auto& words) {
                    const auto map = text::number(words.front());
                    if (!map || *map == 0 || *map > 10'000)
                        return EditAnswer{false, "% A map has a number of 1 to 10000\n"};
                    auto answer = extras_.reload_map(static_cast<std::uint32_t>(*map));
                    return EditAnswer{answer.ok, std::move(answer.text)};
                });
        debugs_.add(list);
        if (extras_.log != nullptr) add_logging(list);
        return list;
    }

    std::string hostname() const override { return store_.running()->hostname; }

    std::string mode() const override {
        if (edit_.mode() == config::EditSession::Mode::none) return "";
        return std::string(config::language::prompt_of(edit_.place()));
    }

    bool is_kept() const override { return edit_.mode() == config::EditSession::Mode::candidate; }

    bool may_be_line(std::string_view line) const override {
        using config::language::help;
        return !help(edit_.place(), line).empty() ||
               !help(config::language::ModeId::global, line).empty();
    }

    Answer line(std::string_view line) override { return to_answer(edit_.line(line)); }

    std::string help(std::string_view partial) const override {
        const auto items = config::language::help(edit_.place(), partial);
        if (items.empty()) return "% Unrecognized command\n";
        std::string text;
        for (const auto& item : items)
            text += fmt::format("  {:<22} {}\n", item.word, item.text);
        return text;
    }

    std::vector<std::string> complete(std::string_view partial) const override {
        return config::language::complete(edit_.place(), partial);
    }

private:
    using Work = std::function<EditAnswer(const Arguments&)>;

    static void add(std::vector<OperatorCommand>& list, std::string words, std::string help,
                    Work work) {
        list.push_back(
            {std::move(words), std::move(help),
             [work = std::move(work)](const Arguments& arguments, const Respond& respond) {
                 respond(to_answer(work(arguments)));
             },
             Access::admin});
    }

    void add_editing(std::vector<OperatorCommand>& list) {
        add(list, "configure terminal", "Change the running configuration, line by line",
            [this](const auto&) { return edit_.begin_terminal(); });
        const auto timed = [&](const std::string& words, const std::string& help,
                               EditAnswer (config::EditSession::*work)(std::chrono::minutes)) {
            add(list, words, help, [this, work](const auto& arguments) {
                const auto time = minutes_of(arguments.front());
                return time ? (edit_.*work)(*time) : EditAnswer{false, kWrongMinutes};
            });
        };
        timed("configure terminal revert timer <1-1440>",
              "The same; what ran before comes back after minutes unless confirmed",
              &config::EditSession::begin_terminal);
        timed("configure revert timer <1-1440>", "Set the time of revert anew",
              &config::EditSession::revert_timer);
        add(list, "configure revert now", "Back to what ran before, at once",
            [this](const auto&) { return edit_.revert_now(); });
        add(list, "configure exclusive candidate", "Collect changes until commit",
            [this](const auto&) { return edit_.begin_candidate(); });
        add(list, "configure replace <file>",
            "A file of flash:, or startup-config, in place of the running configuration",
            [this](const auto& words) { return edit_.replace(words.front()); });
        add(list, "configure confirm", "Keep what was committed with confirmed",
            [this](const auto&) { return edit_.commit({}); });
        for (const char* words : {"write", "write memory", "copy running-config startup-config"})
            add(list, words, "Running to startup configuration",
                [this](const auto&) { return edit_.write_startup(); });
    }

    void add_commits(std::vector<OperatorCommand>& list) {
        add(list, "commit", "The candidate; or keep what was committed with confirmed",
            [this](const auto&) { return edit_.commit({}); });
        add(list, "commit comment <line>", "The same, with words for the history",
            [this](const auto& words) {
                return edit_.commit({words.front(), {}});
            });
        add(list, "commit confirmed <1-1440>", "Rolled back after minutes unless confirmed",
            [this](const auto& words) { return confirmed(words.front(), ""); });
        add(list, "commit confirmed <1-1440> comment <line>", "The same, with words",
            [this](const auto& words) { return confirmed(words[0], words[1]); });
        add(list, "abort", "Drop the candidate", [this](const auto&) { return edit_.abort(); });
        add(list, "rollback <1-49>", "Back over so many commits of the history",
            [this](const auto& words) {
                const auto count = text::number(words.front());
                return count ? edit_.roll_back(*count)
                             : EditAnswer{false, "% How many commits? A number is missing\n"};
            });
    }

    static std::optional<std::chrono::minutes> minutes_of(const std::string& typed) {
        const auto number = text::number(typed);
        if (!number || *number < static_cast<std::uint64_t>(config::kConfirmMin.count()) ||
            *number > static_cast<std::uint64_t>(config::kConfirmMax.count()))
            return std::nullopt;
        return std::chrono::minutes(*number);
    }

    EditAnswer confirmed(const std::string& minutes, const std::string& comment) {
        const auto time = minutes_of(minutes);
        if (!time) return {false, kWrongMinutes};
        if (edit_.mode() != config::EditSession::Mode::candidate)
            return {false, "% There is no candidate: configure exclusive candidate makes one\n"};
        return edit_.commit({comment, *time});
    }

    void add_shows(std::vector<OperatorCommand>& list) {
        const auto show = [&](const std::string& words, const std::string& help, Work work) {
            add(list, words, help, std::move(work));
            list.back().access = Access::all;
        };
        show("show startup-config", "The configuration of the next start", [this](const auto&) {
            const auto startup = store_.startup();
            if (!startup) return EditAnswer{false, startup.error().context};
            return EditAnswer{true, config::language::print_running_config(**startup)};
        });
        show("show candidate-config", "What is collected and not committed", [this](const auto&) {
            if (!store_.candidate()) return EditAnswer{false, "% There is no candidate\n"};
            return EditAnswer{true, config::language::print_running_config(*store_.candidate())};
        });
        show("show archive config differences",
             "Startup against running; running against candidate",
             [this](const auto&) { return edit_.differences(); });
        show("show archive", "The configurations that rollback can go back to",
             [this](const auto&) {
                 return EditAnswer{true, edit_.archive()};
             });
        list.back().json = [this](const Arguments&, const Respond& respond) {
            respond({true, history_json(store_)});
        };
        show("show archive config differences startup-config running-config",
             "Startup against running",
             [this](const auto&) { return edit_.startup_differences(); });
        show("show archive config differences running-config startup-config",
             "Running against startup",
             [this](const auto&) { return edit_.startup_differences(true); });
        show("show configuration history", "Commits: who, when, why", [this](const auto&) {
            return EditAnswer{true, edit_.history()};
        });
        list.back().json = [this](const Arguments&, const Respond& respond) {
            respond({true, history_json(store_)});
        };
        show("show configuration lock", "Who holds the configuration exclusively",
             [this](const auto&) {
                 const auto& lock = store_.lock_state();
                 return EditAnswer{
                     true, lock ? fmt::format("{} since {}\n", lock->who, iso8601(lock->since))
                                : "Nobody\n"};
             });
        for (const char* words : {"show commit impact", "show commit impact last <1-10000>"}) {
            show(words, "Calls of the CDR file that the candidate would treat otherwise",
                 [this](const auto& arguments) { return impact(arguments, extras_.impact); });
            list.back().json = [this](const Arguments& arguments, const Respond& respond) {
                respond(to_answer(impact(arguments, extras_.impact_json)));
            };
        }
    }

    template <typename Print>
    EditAnswer impact(const Arguments& arguments, const Print& print) const {
        const auto calls = arguments.empty() ? kImpactCalls : text::number(arguments.front());
        if (!calls || *calls == 0 || *calls > kImpactMaxCalls)
            return {false, "% Calls are 1 to 10000\n"};
        if (!print) return {false, "% There is no CDR file\n"};
        if (!store_.candidate())
            return {false, "% There is no candidate: configure exclusive candidate makes one\n"};
        auto answer = print(store_.candidate(), *calls);
        return {answer.ok, std::move(answer.text)};
    }

    void add_logging(std::vector<OperatorCommand>& list) {
        add(list, "show logging", "The last lines of the log", [this](const auto&) {
            return EditAnswer{true, "Log Buffer (" + std::to_string(kLogTapLines) + " lines):\n\n" +
                                        extras_.log->recent()};
        });
        add(list, "terminal monitor", "Log lines on this terminal as they come",
            [this](const auto&) {
                extras_.log->set_monitor(session_, emit_);
                return EditAnswer{};
            });
        add(list, "terminal no monitor", "No longer", [this](const auto&) {
            extras_.log->set_monitor(session_, nullptr);
            return EditAnswer{};
        });
    }

    config::Store& store_;
    const OperatorExtras& extras_;
    std::uint64_t session_;
    config::Emit emit_;
    SessionDebugs debugs_;
    config::EditSession edit_;
};

}  // namespace

config::SessionPartFactory operator_parts(config::Store& store, const OperatorExtras& extras) {
    return [&store, &extras](const config::OperatorPeer& peer, config::Emit emit) {
        return std::make_unique<OperatorPart>(store, extras, peer, std::move(emit));
    };
}

}  // namespace weir::apps
