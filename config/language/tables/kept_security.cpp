// SPDX-License-Identifier: Apache-2.0
// Accounting, AAA, certificates, wsapi and terminal lines, kept without effect (spec I, B.13, F.8).
#include "config/language/kept.hpp"
#include "config/language/tables/kept_tables.hpp"

namespace weir::config::language {
namespace {

using Lines = std::vector<Command<KeptLines>>;

Command<KeptLines> one(const std::string& syntax, const std::string& help, std::size_t words = 0) {
    return kept_line<KeptLines>(syntax, help, words);
}
Command<KeptLines> many(const std::string& syntax, const std::string& help) {
    return kept_lines<KeptLines>(syntax, help);
}

// ---- accounting (spec I.1, I.4)

constexpr const char* kFileTarget =
    "{{ftp | sftp} <path=word> username <user=word> password [0 | 6 | 7] <password=word> | ifs "
    "<path=word>}";

Mode accounting_file() {
    const Lines lines{
        one(std::string("primary ") + kFileTarget, "Where the files are written"),
        one(std::string("secondary ") + kFileTarget, "Where they are written when that fails"),
        one("acct-template {callhistory-detail | <name>}", "Which fields are written"),
        one("maximum buffer-size <6-40>", "Kilobytes collected before writing, default 20"),
        one("maximum fileclose-timer <60-1440>", "Minutes until a new file, default 1440"),
        one("maximum cdrflush-timer <1-1435>",
            "Minutes until what is collected is written, "
            "default 60"),
        one("maximum retry-count <1-5>", "Attempts to reach the server, default 2"),
        one("cdr-format {detailed | compact}", "Fields of a record, default detailed"),
    };
    return kept_mode({ModeId::accounting_file, ModeId::global, "gw-accounting file",
                      "config-gw-accounting-file"},
                     lines);
}

Mode accounting_aaa() {
    const Lines lines{
        one("method <name=word>", "AAA method list, default h323"),
        one("acct-template {callhistory-detail | <name>}", "Which attributes are sent"),
        many("attribute acct-session-id overloaded", "Old form of the session id"),
        many("attribute {h323-remote-id resolved | h323-remote-address resolved}",
             "Addresses as names"),
        one("suppress rotary", "No records of failed attempts"),
    };
    return kept_mode(
        {ModeId::accounting_aaa, ModeId::global, "gw-accounting aaa", "config-gw-accounting-aaa"},
        lines);
}

Mode aaa_group() {
    const Lines lines{
        many("server name <name=word>", "A server with a name"),
        many("server <address=ipv4> [auth-port <auth=1-65535>] [acct-port <acct=1-65535>]",
             "A server"),
        many("server-private <line>", "A server of this group only"),
        one("ip vrf forwarding <name=word>", "VRF of the servers"),
        one("ip radius source-interface <interface=word> [<unit=word>]", "Address of the sender",
            3),
        one("deadtime <1-1440>", "Minutes that a server is not asked again"),
        one("load-balance <line>", "How requests are spread"),
    };
    return kept_mode({ModeId::aaa_group, ModeId::global, "aaa group server", "config-sg"}, lines);
}

Mode radius_server() {
    const Lines lines{
        one("address {ipv4 | ipv6} <address=word> [auth-port <auth=1-65535>] [acct-port "
            "<acct=1-65535>]",
            "Address of the server", 1),
        one("key <line>", "Secret shared with the server"),
        one("timeout <1-1000>", "Seconds to wait for an answer"),
        one("retransmit <0-100>", "How often a request is repeated"),
        one("automate-tester <line>", "Test whether the server answers"),
    };
    return kept_mode(
        {ModeId::radius_server, ModeId::global, "radius server", "config-radius-server"}, lines);
}

// ---- certificates (spec B.13)

Mode trustpoint() {
    const Lines lines{
        one("enrollment {terminal [pem] | selfsigned | pkcs12 | url <url=word> | mode ra | profile "
            "<profile=word>}",
            "How the certificate comes", 1),
        one("subject-name <line>", "Subject of the certificate"),
        one("subject-alt-name <line>", "Further names of the certificate"),
        one("fqdn <name=word>", "Host name in the certificate"),
        one("ip-address <address=word>", "Address in the certificate"),
        one("serial-number [none]", "Serial number in the certificate", 1),
        one("revocation-check {crl | none | ocsp}+", "How revocation is checked"),
        one("rsakeypair <name=word> [<size=360-4096> [<other=360-4096>]]", "Pair of keys"),
        one("eckeypair <name=word>", "Pair of keys on an elliptic curve"),
        one("chain-validation {stop | continue [<name=word>]}", "How far the chain is checked"),
        one("hash {md5 | sha1 | sha256 | sha384 | sha512}", "Digest of the signature"),
        one("usage {ike | ssl-client | ssl-server}+", "What the certificate is for"),
        one("auto-enroll [<1-100>] [regenerate]", "Renew before the end"),
        one("source interface <interface=word> [<unit=word>]", "Address of the requests", 2),
        one("vrf <name=word>", "VRF of the requests"),
        one("authorization <line>", "Authorization by the certificate"),
        one("storage <where=word>", "Where the certificate is stored"),
    };
    return kept_mode(
        {ModeId::pki_trustpoint, ModeId::global, "crypto pki trustpoint", "ca-trustpoint"}, lines);
}

// The lines of a certificate are hexadecimal, and end with `quit`.
std::vector<Mode> chain() {
    Mode mode = kept_mode(
        {ModeId::pki_chain, ModeId::global, "crypto pki certificate chain", "config-cert-chain"},
        {});
    mode.rows.push_back(kept_block_row(
        "certificate {ca <serial=word> | self-signed <serial=word> | rollup <serial=word> | "
        "<serial=word>} [<where=word>]",
        "A certificate", ModeId::pki_certificate, kept_block));
    Mode certificate = kept_mode(
        {ModeId::pki_certificate, ModeId::pki_chain, "certificate of a chain", "config-pubkey"},
        {});
    certificate.rows.push_back(kept_data_row("<hexadecimal=hex>+", "Bytes of the certificate"));
    certificate.rows.push_back(kept_end_row("quit", "End of the certificate", ModeId::pki_chain));
    return {std::move(mode), std::move(certificate)};
}

// ---- uc wsapi (spec F.8)

std::vector<Mode> wsapi() {
    Mode mode = kept_mode(
        {ModeId::wsapi, ModeId::global, "uc wsapi", "config-uc-wsapi"},
        {one("message-exchange max-failures <1-5>", "Failed messages until a probe, default 1"),
         one("probing max-failures <1-5>",
             "Failed probes until an application is given up, "
             "default 3"),
         one("probing interval keepalive <1-255>", "Seconds between probes"),
         one("probing interval negative <1-20>",
             "Seconds to the next probe after a failure, "
             "default 5"),
         one("response-timeout <1-60>", "Seconds to wait for a response, default 1"),
         one("source-address <address=ipv4>", "Address of this end")});
    mode.rows.push_back(kept_block_row("provider {xmf | xcc | xsvc | xcdr}",
                                       "What applications may control", ModeId::wsapi_provider,
                                       kept_block));
    Mode provider = kept_mode(
        {ModeId::wsapi_provider, ModeId::wsapi, "provider of uc wsapi", "config-uc-wsapi-provider"},
        {kept_either<KeptLines>("shutdown", "Take the provider out of service"),
         one("remote-url [<1-32>] <url=word>", "Address of an application", 2)});
    return {std::move(mode), std::move(provider)};
}

// ---- terminals

Mode line() {
    const Lines lines{
        one("transport {input | output | preferred} <line>", "Protocols of the terminal", 2),
        one("login [<line>]", "How people prove who they are", 1),
        one("password [0 | 6 | 7] <password=word>", "Password of the line"),
        one("exec-timeout <0-35791> [<seconds=0-2147483>]", "Minutes until an idle session ends"),
        one("session-timeout <0-35791>", "Minutes until an idle connection ends"),
        one("privilege level <0-15>", "Rights of a session"),
        one("access-class <name=word> {in | out} [vrf-also]", "Filter of sources"),
        one("logging synchronous", "Keep messages out of the typed line"),
        one("length <0-512>", "Lines of a page"),
        one("width <0-512>", "Columns of a page"),
        one("stopbits {1 | 1.5 | 2}", "Stop bits"),
        one("speed <300-115200>", "Bits per second"),
        one("history size <0-256>", "Commands that are remembered"),
        one("escape-character <line>", "Character that leaves a connection"),
        one("authorization <line>", "What the session may do"),
        one("accounting <line>", "What of the session is recorded"),
        one("modem <line>", "Modem of the line"),
        one("flowcontrol <line>", "Flow control of the line"),
        kept_either<KeptLines>("exec", "A session may be started"),
    };
    return kept_mode({ModeId::line, ModeId::global, "line", "config-line"}, lines);
}

std::vector<Mode> archive() {
    Mode mode = kept_mode({ModeId::archive, ModeId::global, "archive", "config-archive"},
                          {one("path <path=word>", "Where configurations are stored"),
                           one("maximum <1-14>", "How many are stored"),
                           one("write-memory", "Store one with each write memory"),
                           one("time-period <1-525600>", "Minutes between two")});
    mode.rows.push_back(
        kept_block_row("log config", "Log of changes", ModeId::archive_log, kept_block));
    Mode log = kept_mode(
        {ModeId::archive_log, ModeId::archive, "log config of archive", "config-archive-log-cfg"},
        {one("logging {enable | size <size=1-1000>}", "Switch the log on", 2),
         one("hidekeys", "No passwords in the log"),
         one("notify syslog [contenttype <type=word>]", "Also to syslog")});
    return {std::move(mode), std::move(log)};
}

}  // namespace

std::vector<Mode> kept_security_modes() {
    std::vector<Mode> modes{accounting_file(), accounting_aaa(), aaa_group(),
                            radius_server(),   trustpoint(),     line()};
    for (auto* const more : {chain, wsapi, archive})
        for (Mode& mode : more())
            modes.push_back(std::move(mode));
    return modes;
}

std::vector<CommandRow> kept_aaa_openers() {
    return {
        kept_block_row("aaa group server {radius | tacacs+} <name=word>", "Servers under one name",
                       ModeId::aaa_group),
        kept_block_row("radius server <name=word>", "A RADIUS server", ModeId::radius_server),
        kept_block_row("crypto pki trustpoint <name=word>", "A certificate of our own or of others",
                       ModeId::pki_trustpoint),
        kept_block_row("crypto pki certificate chain <name=word>", "Certificates of a trustpoint",
                       ModeId::pki_chain),
        kept_block_row("archive", "Stored configurations", ModeId::archive),
    };
}

std::vector<CommandRow> kept_accounting_openers() {
    return {
        kept_block_row("gw-accounting aaa", "Records of calls to RADIUS", ModeId::accounting_aaa),
        kept_block_row("gw-accounting file", "Records of calls to files", ModeId::accounting_file),
    };
}

std::vector<CommandRow> kept_application_openers() {
    return {
        kept_block_row("uc wsapi", "Recording ordered by an application", ModeId::wsapi),
        kept_block_row("line {con | aux | vty} <first=0-1869> [<last=1-1869>]",
                       "Terminals of the router", ModeId::line),
    };
}

}  // namespace weir::config::language
