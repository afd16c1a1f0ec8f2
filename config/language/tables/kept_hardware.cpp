// SPDX-License-Identifier: Apache-2.0
// TDM and DSP hardware, and the protocols of phones, kept without effect (spec G).
#include "config/language/kept.hpp"
#include "config/language/tables/kept_tables.hpp"
#include "config/model/voice_ports.hpp"

namespace weir::config::language {
namespace {

using Lines = std::vector<Command<KeptLines>>;

Command<KeptLines> one(const std::string& syntax, const std::string& help, std::size_t words = 0) {
    return kept_line<KeptLines>(syntax, help, words);
}
Command<KeptLines> many(const std::string& syntax, const std::string& help) {
    return kept_lines<KeptLines>(syntax, help);
}

Mode controller() {
    const Lines lines{
        one("description <line>", "Text for people"),
        one("framing <framing=word>", "Framing of the line"),
        one("linecode <code=word>", "Code of the line"),
        one("clock source <line>", "Where the clock comes from"),
        one("cablelength <line>", "Length of the cable"),
        one("line-termination <line>", "Impedance of the line"),
        one("pri-group timeslots <slots=word> [<line>]", "Time slots of a primary rate"),
        one("ds0-group <0-30> timeslots <slots=word> [<line>]", "Time slots of a trunk", 2),
        one("channel-group <0-30> [<line>]", "Time slots of data", 2),
        one("cas-custom <0-30>", "Signalling of a trunk", 2),
        one("shutdown", "Take the controller out of service"),
        one("threshold <line>", "Alarms of the line"),
    };
    return kept_mode({ModeId::controller, ModeId::global, "controller", "config-controller"},
                     lines);
}

Mode voice_card() {
    const Lines lines{
        one("dsp services dspfarm", "DSPs for conferences and transcoding"),
        one("dspfarm", "DSPs of this card are shared"),
        one("codec complexity {flex | high | medium | secure} [<line>]", "Calls of a DSP"),
        one("local-bypass", "Calls within a card stay on it"),
        one("watchdog <line>", "Watch the DSPs"),
    };
    Mode mode =
        kept_mode({ModeId::voice_card, ModeId::global, "voice-card", "config-voicecard"}, lines);
    mode.rows.push_back(
        kept_row(kept_default_on<KeptLines>("watchdog-reset", "Reset a DSP that does not answer")));
    return mode;
}

// The SIP media gateway that the port stands for (spec G.5).
Command<KeptLines> gateway_target() {
    Command<KeptLines> command = acting(
        one("signal sip target <target=word>", "Address of the SIP gateway behind the port"));
    command.read = [keep_line = command.read](const Words& words,
                                              KeptLines& lines) -> Result<void> {
        if (const auto target = voice_port_target(words.text("target")); !target)
            return fail(target.error());
        return keep_line(words, lines);
    };
    return command;
}

Mode voice_port() {
    const Lines lines{
        one("description <line>", "Text for people"),
        one("cptone <country=word>", "Tones of a country"),
        one("timeouts <line>", "Timers of digits and calls", 2),
        one("timing <line>", "Timing of signals", 2),
        gateway_target(),
        one("signal <line>", "Kind of signalling"),
        one("connection <line>", "Call without dialling"),
        one("translation-profile {incoming | outgoing} <name>", "Translation of numbers", 2),
        one("translate {called | calling} <1-2147483647>", "Translation of numbers", 2),
        one("bearer-cap {3100hz | speech | unrestricted-digital}", "Bearer capability"),
        one("station-id {name | number} <text=line>", "Name and number of the port", 2),
        one("caller-id {enable | alerting <text=line>}", "Number of the caller", 1),
        one("input gain <gain=word>", "Level of the input"),
        one("output attenuation <attenuation=word>", "Level of the output"),
        one("impedance <impedance=word>", "Impedance of the port"),
        one("trunk-group <name=word> [<1-64>]", "Trunk group of the port"),
        one("incoming called-number <pattern>", "Numbers that the port takes"),
        one("mwi", "Message waiting lamp"),
        one("ring <line>", "Rings of the port"),
        one("supervisory <line>", "Supervision of the port", 2),
        acting(one("shutdown", "Take the port out of service")),
        one("compand-type {a-law | u-law}", "Law of the codec"),
        kept_default_on<KeptLines>("echo-cancel enable", "Cancel echoes"),
        one("echo-cancel coverage <1-128>", "Milliseconds of echo that are cancelled"),
        kept_default_on<KeptLines>("vad", "Detect silence"),
        kept_default_on<KeptLines>("comfort-noise", "Noise in place of silence"),
        kept_default_on<KeptLines>("non-linear", "Suppress what remains of echoes"),
        kept_default_on<KeptLines>("battery-reversal", "Reverse the battery on answer"),
    };
    return kept_mode({ModeId::voice_port, ModeId::global, "voice-port", "config-voiceport"}, lines);
}

Mode dspfarm_profile() {
    const Lines lines{
        one("description <line>", "Text for people"),
        many("codec <line>", "A codec of the profile"),
        one("maximum {sessions <line> | conference-participants <participants=1-64>}",
            "How many at once", 2),
        one("associate application {sccp | cube | sbc}", "Who uses the profile"),
        one("trustpoint <name=word>", "Certificate of the profile"),
        one("call-leg <line>", "Codecs of a leg"),
        one("rsvp", "Reserve bandwidth"),
        kept_either<KeptLines>("shutdown", "Take the profile out of service"),
    };
    return kept_mode(
        {ModeId::dspfarm_profile, ModeId::global, "dspfarm profile", "config-dspfarm-profile"},
        lines);
}

}  // namespace

std::vector<Mode> kept_hardware_modes() {
    return {controller(), voice_card(), voice_port(), dspfarm_profile()};
}

std::vector<CommandRow> kept_card_openers() {
    return {
        kept_block_row("voice-card <slot=word>", "A card with DSPs", ModeId::voice_card),
        kept_block_row("controller {e1 | t1 | shdsl | vdsl | cellular} <slot=word>",
                       "A digital line", ModeId::controller),
    };
}

std::vector<CommandRow> kept_port_openers() {
    return {
        kept_block_row("voice-port <port=word>", "An analogue or digital port", ModeId::voice_port),
        kept_block_row("dspfarm profile <1-65535> {transcode | conference | mtp} [<line>]",
                       "Work of the DSPs", ModeId::dspfarm_profile, kept_global, 3),
    };
}

}  // namespace weir::config::language
