// SPDX-License-Identifier: Apache-2.0
// weir: the command that operators type, and which function each word of it is.
#include <cstdio>

#include <fmt/format.h>

#include "deploy/apps/commands.hpp"
#include "deploy/apps/offline/check_views.hpp"
#include "deploy/apps/offline/explain_command.hpp"
#include "deploy/apps/offline/import_command.hpp"
#include "deploy/apps/offline/trace_command.hpp"
#include "deploy/apps/options.hpp"

namespace {

const char* const kHelp =
    "weir: a session border element that records calls and proves it\n"
    "\n"
    "  weir run --config FILE --platform FILE   run a node in the foreground; SIGTERM or ^C ends "
    "it\n"
    "  weir check FILE [--platform FILE]        check a configuration; 0 = good, 1 = errors\n"
    "  weir check FILE --lint [--platform FILE] [--json]\n"
    "                                           what it says and can hardly mean; 0 = no error "
    "found, 1 = errors\n"
    "  weir explain --config FILE --called N [--calling N] [--source IP] [--transport T] [--json]\n"
    "               [--voice-port PORT]          --calling \"\" is a withheld number; --voice-port "
    "a call from a TDM trunk\n"
    "  weir explain --config FILE {--invite FILE | --pcap FILE [--call N]} [--json]\n"
    "  weir explain {--startup | --running | --candidate} [--platform FILE | --runtime DIR] ...\n"
    "                                           where a call would go and why; 0 = routed, 1 = "
    "refused\n"
    "  weir import FILE [--out DIR | --config FILE --platform FILE] [--report text|json] "
    "[--force]\n"
    "                                           what a router printed becomes weir.cfg and "
    "platform.yaml;\n"
    "                                           0 = all taken over, 1 = see the report, 2 = "
    "nothing "
    "written\n"
    "  weir check FILE --print [--all]          the canonical running configuration; --all with "
    "the "
    "defaults\n"
    "  weir check FILE --effects [--json]       every line that has no effect, and why\n"
    "  weir reference                           all commands of the language\n"
    "  weir doctor [--platform FILE] [--json]   which I/O modes work on this machine, and what "
    "mends "
    "the others;\n"
    "                                           0 = the configured one (or auto) works, 1 = not\n"
    "  weir shell [--runtime DIR | --platform FILE]\n"
    "                                           the operator's terminal of the running node\n"
    "  weir exec \"COMMAND\"... [--json] [--runtime DIR | --platform FILE]\n"
    "                                           commands to the running node, in one session; 0 = "
    "done, 1 = refused, 2 = no node\n"
    "                                           weir exec \"show ?\" lists what can be asked\n"
    "  weir trace [CALL] [--platform FILE | --directory DIR] [--events | --json | --pcap FILE | "
    "--save FILE]\n"
    "                                           the flight recorder: a call by its number, "
    "Call-ID, "
    "Cisco-Guid or calling\n"
    "                                           or called number; without CALL the newest ones\n"
    "  weir replay FILE [--json]                does the machine do what it did? FILE is of weir "
    "trace CALL --save FILE\n"
    "  weir --version\n"
    "  weir help\n";

int usage(const std::string& error) {
    fmt::print(stderr, "weir: {}\n\n{}", error, kHelp);
    return 2;
}

}  // namespace

int main(int argc, char** argv) {
    const auto options = weir::apps::parse_options(
        argc, argv,
        {"--config", "--platform", "--runtime", "--calling", "--called", "--source", "--local",
         "--transport", "--voice-port", "--invite", "--pcap", "--call", "--out", "--report",
         "--directory", "--save"},
        {"--version", "--help", "--json", "--lint", "--print", "--all", "--effects", "--force",
         "--startup", "--running", "--candidate", "--events"});
    if (!options) return usage(options.error().context);
    if (options->find("--version") != nullptr) {
        fmt::print("Weir {}\n", WEIR_VERSION);
        return 0;
    }
    const auto& words = options->words;
    const std::string command = words.empty() ? "" : words[0];
    if (command == "help" || options->find("--help") != nullptr) {
        fmt::print("{}", kHelp);
        return 0;
    }
    if (command == "run" && words.size() == 1) return weir::apps::run_command(*options);
    if (command == "check" && words.size() == 2)
        return weir::apps::check_command(words[1], *options);
    if (command == "explain" && words.size() == 1) return weir::apps::explain_command(*options);
    if (command == "import" && words.size() == 2)
        return weir::apps::import_command(words[1], *options);
    if (command == "reference" && words.size() == 1) return weir::apps::reference_command();
    if (command == "trace" && words.size() <= 2)
        return weir::apps::trace_command(words.size() == 2 ? words[1] : "", *options);
    if (command == "replay" && words.size() == 2)
        return weir::apps::replay_command(words[1], *options);
    if (command == "doctor" && words.size() == 1) return weir::apps::doctor_command(*options);
    if (command == "exec" && words.size() >= 2)
        return weir::apps::exec_command({words.begin() + 1, words.end()}, *options);
    if (command == "shell" && words.size() == 1) return weir::apps::shell_command(*options);
    return usage(command.empty()
                     ? "what is to be done?"
                     : fmt::format("'{}' is not a command, or its arguments are wrong", command));
}
