// SPDX-License-Identifier: Apache-2.0
// weir-call-load: N calls at once with numbered RTP through one SBC; prints what arrived as JSON.
#include <cstdlib>
#include <map>
#include <string>

#include <fmt/format.h>

#include "bench/traffic/load_run.hpp"
#include "config/base/text.hpp"

namespace {

constexpr const char* kUsage =
    "usage: weir-call-load --target ADDRESS:PORT --uas ADDRESS:PORT [--address ADDRESS] [--calls "
    "N]\n"
    "                      [--seconds N] [--seed N] [--prefix DIGITS]\n"
    "  Calls PREFIXnnnnnn at the target (the SBC) from ADDRESS; the SBC routes them to the uas "
    "address,\n"
    "  where this program answers. Both parties send numbered RTP, 50 packets a second.\n";

// --payloads FILE CALL PARTY PACKETS: what a recording of that party must hold.
int write_payloads(const weir::bench::LoadOptions& options, std::uint32_t call,
                   std::uint8_t party) {
    for (std::uint32_t number = 0; number < options.packets; ++number) {
        const auto payload = weir::bench::numbered_payload(options.seed, call, party, number);
        if (std::fwrite(payload.data(), 1, payload.size(), stdout) != payload.size()) return 1;
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    std::map<std::string, std::string> args{
        {"--address", "127.0.0.1"}, {"--calls", "200"}, {"--seconds", "60"}, {"--seed", "1"},
        {"--prefix", "9"},          {"--target", ""},   {"--uas", ""},       {"--payloads", ""}};
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 >= argc || !args.contains(argv[i])) {
            fmt::print(stderr, "{}: unknown or incomplete argument\n{}", argv[i], kUsage);
            return 2;
        }
        args[argv[i]] = argv[i + 1];
    }
    const auto number = [&args](const char* name) {
        return static_cast<std::uint32_t>(weir::text::number(args[name]).value_or(0));
    };
    weir::bench::LoadOptions options;
    options.calls = number("--calls");
    options.packets = number("--seconds") * 50;
    options.seed = number("--seed");
    options.called_prefix = args["--prefix"];
    if (const auto& which = args["--payloads"]; !which.empty()) {  // CALL:PARTY
        const auto parts = weir::text::split(which, ':');
        if (parts.size() != 2) return 2;
        return write_payloads(options,
                              static_cast<std::uint32_t>(weir::text::number(parts[0]).value_or(0)),
                              static_cast<std::uint8_t>(weir::text::number(parts[1]).value_or(0)));
    }
    const auto target = weir::Endpoint::parse(args["--target"], 5060);
    const auto uas = weir::Endpoint::parse(args["--uas"], 5060);
    const auto address = weir::IpAddress::parse(args["--address"]);
    if (!target || !uas || !address || options.calls == 0 || options.packets == 0) {
        fmt::print(stderr, "{}", kUsage);
        return 2;
    }
    options.target = *target;
    options.uas = *uas;
    options.address = *address;
    options.uac.address = *address;
    auto run = weir::bench::LoadRun::create(options);
    if (!run) {
        fmt::print(stderr, "weir-call-load: {}\n", run.error().context);
        return 1;
    }
    const auto totals = (*run)->run();
    fmt::print(stderr, "\n");
    fmt::print(
        "{{\"calls\": {}, \"established\": {}, \"failed\": {}, \"not_ended\": {}, \"sent\": {}, "
        "\"received\": {}, "
        "\"missing\": {}, \"duplicates\": {}, \"reordered\": {}, \"corrupt\": {}}}\n",
        totals.calls, totals.established, totals.failed, totals.not_ended, totals.sent,
        totals.received, totals.missing, totals.duplicates, totals.reordered, totals.corrupt);
    return totals.failed == 0 && totals.missing == 0 && totals.corrupt == 0 ? 0 : 1;
}
