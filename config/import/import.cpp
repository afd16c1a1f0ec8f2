// SPDX-License-Identifier: Apache-2.0
// From a capture to a configuration that is right in itself: lines are read, what the checks across
// commands refuse is left out and read again without, and each line gets its verdict.
#include "config/import/import.hpp"

#include <algorithm>
#include <cerrno>
#include <map>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/base/interface_name.hpp"
#include "config/base/limits.hpp"
#include "config/base/text.hpp"
#include "config/base/unique_fd.hpp"
#include "config/import/capture.hpp"
#include "config/import/foreign.hpp"
#include "config/import/import_limits.hpp"
#include "config/import/line_reader.hpp"
#include "config/import/platform_draft.hpp"
#include "config/import/secrets.hpp"
#include "config/language/language.hpp"
#include "config/model/validate.hpp"
#include "config/platform/platform.hpp"

namespace weir::config {
namespace {

using Outcome = LineOutcome::Kind;
using LineKind = CaptureLine::Kind;

// "gi 0/0" is GigabitEthernet0/0.
std::string full_name(std::string name) {
    std::erase(name, ' ');
    return interface_name(name).value_or(name);
}

// Thread: the one that imports.
class Importer {
public:
    Importer(std::vector<CaptureLine> lines, std::string file)
        : lines_(std::move(lines)), outcomes_(lines_.size()), file_(std::move(file)) {}

    [[nodiscard]] Result<Import> run();

private:
    struct Dropped {
        Verdict verdict = Verdict::not_supported;
        std::string reason;
    };

    [[nodiscard]] LineReader pass();
    void leave_to_host(const Config& config);
    [[nodiscard]] bool repair(LineReader& reader, int round);
    void drop_block(const std::string& block, std::uint32_t head, const std::string& reason);
    [[nodiscard]] ReportLine report_line(std::size_t at) const;
    void judge(std::size_t at, ReportLine& line) const;
    void judge_read(const CaptureLine& source, const LineOutcome& outcome, ReportLine& line) const;
    void judge_unread(const CaptureLine& source, const LineOutcome& outcome,
                      ReportLine& line) const;
    void judge_h323_peers(const Config& config, ImportReport& report) const;
    [[nodiscard]] Result<Import> written(Config& config);

    std::vector<CaptureLine> lines_;
    std::vector<LineOutcome> outcomes_;  // of each line of the same place
    std::string file_;
    bool indented_ = false;
    std::map<std::uint32_t, Dropped> dropped_;      // by line number
    std::map<std::uint32_t, std::string> remarks_;  // of the checks, by line number
    PlatformDraft platform_;
};

void add_sentence(std::string& note, std::string_view sentence) {
    if (sentence.empty() || note.find(sentence) != std::string::npos) return;
    if (!note.empty()) note += "; ";
    note += sentence;
}

LineReader Importer::pass() {
    LineReader reader(indented_);
    for (std::size_t i = 0; i < lines_.size(); ++i)
        if (lines_[i].kind == LineKind::configuration)
            outcomes_[i] = reader.line(lines_[i], dropped_.contains(lines_[i].number));
    return reader;
}

// A block with all its lines, as the last pass saw them.
void Importer::drop_block(const std::string& block, std::uint32_t head, const std::string& reason) {
    if (head != 0) dropped_.try_emplace(head, Dropped{Verdict::not_supported, reason});
    for (std::size_t i = 0; i < lines_.size(); ++i)
        if (lines_[i].kind == LineKind::configuration && outcomes_[i].block == block &&
            !block.empty())
            dropped_.try_emplace(lines_[i].number, Dropped{Verdict::not_supported, reason});
}

// Interfaces that cannot be or need not be Weir's.
void Importer::leave_to_host(const Config& config) {
    std::map<std::string, std::string> reasons = platform_.host_interfaces();
    for (const std::string& name : beyond_realms(config))
        reasons.try_emplace(name, "Weir has at most " + std::to_string(kMaxRealms) +
                                      " addresses: this one stays with the host");
    if (reasons.empty()) return;
    constexpr std::string_view kHead = "interface ";
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        const LineOutcome& outcome = outcomes_[i];
        const std::string& owner = outcome.block.empty() ? outcome.canonical : outcome.block;
        if (outcome.kind != Outcome::read || !owner.starts_with(kHead)) continue;
        const auto name = full_name(owner.substr(kHead.size()));
        const auto reason = reasons.find(name);
        if (reason != reasons.end())
            dropped_[lines_[i].number] = {Verdict::different, reason->second};
    }
}

// Leaves out what the checks across commands refuse; true when there is nothing to refuse.
bool Importer::repair(LineReader& reader, int round) {
    bool clean = true;
    for (const Finding& finding : validate(reader.config())) {
        if (finding.severity != Finding::Severity::error) continue;
        clean = false;
        const bool whole = round >= kLineRepairs;
        const std::uint32_t number = reader.line_of(finding, whole);
        if (number == 0) continue;
        if (whole)
            drop_block(finding.block, number, finding.text);
        else
            dropped_.try_emplace(number, Dropped{Verdict::not_supported, finding.text});
    }
    return clean;
}

Result<Import> Importer::run() {
    indented_ = std::any_of(lines_.begin(), lines_.end(), [](const CaptureLine& line) {
        return line.kind == LineKind::configuration && line.indent_is_known &&
               (line.text.front() == ' ' || line.text.front() == '\t');
    });
    LineReader reader = pass();
    if (std::none_of(outcomes_.begin(), outcomes_.end(), [](const LineOutcome& outcome) {
            return outcome.kind == Outcome::read && !outcome.canonical.empty();
        }))
        return fail(ErrorCode::invalid,
                    "none of its " + std::to_string(lines_.size()) +
                        " lines is a command that Weir knows: is this a router's configuration?");
    for (std::size_t i = 0; i < lines_.size(); ++i)
        if (lines_[i].kind == LineKind::configuration)
            platform_.line(outcomes_[i].block, lines_[i].text);
    leave_to_host(reader.config());
    if (!dropped_.empty()) reader = pass();
    for (int round = 0; !repair(reader, round); ++round) {
        if (round == kMaxRepairs)
            return fail(ErrorCode::invalid,
                        "the lines contradict each other in a way that leaving some out does not "
                        "mend: " +
                            validate(reader.config()).front().text);
        reader = pass();
    }
    // What is right but says little, as a class that is not there: the line stays, with the remark.
    for (const Finding& finding : validate(reader.config()))
        add_sentence(remarks_[reader.line_of(finding, false)], finding.text);
    return written(reader.config());
}

Result<Import> Importer::written(Config& config) {
    Import import;
    import.config = language::print_running_config(config);
    const auto again = language::read_text(import.config, "weir.cfg");
    for (const auto& diagnostic : again.diagnostics)
        if (diagnostic.severity == language::Diagnostic::Severity::error)
            return fail(
                ErrorCode::invalid,
                "the configuration that was made does not read, which is a fault of Weir: " +
                    language::print_diagnostic(diagnostic));
    import.report.file = text::printable(file_);
    import.platform = platform_.text(config, file_, import.report.todo);
    const auto platform = parse_platform(import.platform, "platform.yaml");
    if (!platform.ok())
        return fail(ErrorCode::invalid,
                    "the platform.yaml that was made does not read, which is a fault of Weir: " +
                        to_string("platform.yaml", platform.errors.front()));
    import.report.lines.reserve(lines_.size());
    for (std::size_t i = 0; i < lines_.size(); ++i)
        import.report.lines.push_back(report_line(i));
    judge_h323_peers(config, import.report);
    return import;
}

// IOS speaks H.323 with a voip peer that says nothing (spec A.2: session protocol cisco).
void Importer::judge_h323_peers(const Config& config, ImportReport& report) const {
    for (const auto& [tag, peer] : config.dial_peers) {
        if (peer.type != DialPeer::Type::voip || peer.session_protocol_sip) continue;
        if (peer.place.line == 0 || peer.place.line > report.lines.size()) continue;
        ReportLine& line = report.lines[peer.place.line - 1];
        line.verdict = Verdict::different;
        add_sentence(line.note,
                     "without session protocol sipv2 this peer spoke H.323: Weir does not, give it "
                     "a SIP target");
    }
}

ReportLine Importer::report_line(std::size_t at) const {
    const CaptureLine& source = lines_[at];
    ReportLine line{source.number, Verdict::ignored, without_secrets(source.text), source.note};
    switch (source.kind) {
        case LineKind::configuration:
            judge(at, line);
            if (const auto remark = remarks_.find(source.number); remark != remarks_.end())
                add_sentence(line.note, remark->second);
            break;
        case LineKind::refused:
            line.verdict = Verdict::not_supported;
            break;
        case LineKind::banner:
            line.note = "text at the login: /etc/motd or sshd's Banner of the host";
            break;
        case LineKind::surroundings:
        case LineKind::comment:
            break;
    }
    return line;
}

void Importer::judge(std::size_t at, ReportLine& line) const {
    const CaptureLine& source = lines_[at];
    const LineOutcome& outcome = outcomes_[at];
    switch (outcome.kind) {
        case Outcome::read:
            judge_read(source, outcome, line);
            break;
        case Outcome::moved:
            line.verdict = Verdict::carried;
            break;
        case Outcome::dropped: {
            const Dropped& dropped = dropped_.at(source.number);
            line.verdict = dropped.verdict;
            add_sentence(line.note, dropped.reason);
            break;
        }
        case Outcome::below: {
            // Lines are numbered from 1, without gaps.
            const std::size_t head = outcome.head - 1;
            ReportLine of_head{lines_[head].number};
            judge(head, of_head);
            line.verdict = of_head.verdict;
            add_sentence(line.note, "belongs to line " + std::to_string(outcome.head));
            break;
        }
        case Outcome::unknown:
        case Outcome::wrong:
            judge_unread(source, outcome, line);
            break;
    }
    add_sentence(line.note, secret_note(source.text));
}

void Importer::judge_read(const CaptureLine& source, const LineOutcome& outcome,
                          ReportLine& line) const {
    line.verdict = Verdict::carried;
    const Foreign* entry = foreign(outcome.block, source.text);
    if (outcome.no_effect.empty()) {
        // The language takes the words of other protocols, too; no call goes that way.
        if (outcome.block.empty() || entry == nullptr || entry->verdict != Verdict::not_supported)
            return;
    } else {
        line.verdict = Verdict::without_effect;
        add_sentence(line.note, outcome.no_effect);
        // The lines of a block that is kept are what its head is.
        if (entry == nullptr) entry = foreign("", outcome.outer_block);
    }
    if (entry == nullptr || entry->words.empty()) return;
    if (entry->verdict == Verdict::different || entry->verdict == Verdict::not_supported)
        line.verdict = entry->verdict;
    add_sentence(line.note, entry->advice);
}

void Importer::judge_unread(const CaptureLine& source, const LineOutcome& outcome,
                            ReportLine& line) const {
    const Foreign* entry = foreign(outcome.block, source.text);
    if (outcome.is_negative && outcome.kind == Outcome::unknown) {
        line.verdict = Verdict::without_effect;
        add_sentence(line.note, "it switches off what Weir does not have");
    } else if (entry != nullptr && (outcome.kind == Outcome::unknown || !entry->words.empty())) {
        line.verdict = entry->verdict;
        add_sentence(line.note, entry->advice);
    } else {
        line.verdict = Verdict::not_supported;
        add_sentence(line.note, outcome.reason);
    }
}

Result<std::string> contents_of(const std::string& path) {
    // A pipe without a writer would otherwise stop the open.
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file.is_open()) return fail_errno("cannot open the file", errno);
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) return fail_errno("cannot examine the file", errno);
    if (!S_ISREG(status.st_mode)) return fail(ErrorCode::invalid, "it is not a regular file");
    std::string text;
    // One byte more than allowed, so that read_capture sees that it is too large.
    while (text.size() <= kConfigMaxBytes) {
        char block[65536];
        const auto count = ::read(file.get(), block, sizeof block);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail_errno("cannot read the file", errno);
        if (count == 0) break;
        text.append(block, static_cast<std::size_t>(count));
    }
    return text;
}

}  // namespace

Result<Import> import_text(std::string_view text, const std::string& file) {
    auto lines = read_capture(text);
    if (!lines) return fail(lines.error());
    return Importer(*std::move(lines), file).run();
}

Result<Import> import_file(const std::string& path) {
    const auto text = contents_of(path);
    if (!text) return fail(text.error());
    return import_text(*text, path);
}

}  // namespace weir::config
