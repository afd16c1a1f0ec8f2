// SPDX-License-Identifier: Apache-2.0
// SipProfile: the rules that fit a message, one after the other (spec D.1, D.2).
#include <algorithm>
#include <utility>

#include "config/base/text.hpp"
#include "config/model/sip_headers.hpp"
#include "signaling/header/sip_profile.hpp"

namespace weir::signaling {
namespace {

using Part = config::SipProfileRule::Part;
using Action = config::SipProfileRule::Action;

std::string line_of(const Header& header) {
    return header.name + ": " + header.value;
}

// CR LF, or either alone, ends a line; empty ones are none.
std::vector<std::string> lines_in(std::string_view text) {
    std::vector<std::string> lines;
    std::string line;
    for (const char c : text) {
        if (c != '\r' && c != '\n') {
            line += c;
        } else if (!line.empty()) {
            lines.push_back(std::exchange(line, {}));
        }
    }
    if (!line.empty()) lines.push_back(std::move(line));
    return lines;
}

// "Name: value"; nothing for a line that would break the message.
std::optional<Header> header_of(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const std::string_view name = text::trim(line.substr(0, colon));
    if (!config::is_header_name(name)) return std::nullopt;
    return Header{std::string(name), std::string(text::trim(line.substr(colon + 1)))};
}

// RFC 3261 7.3.3, of the mandatory headers that have one; the long form stays in our messages.
std::string_view compact_form(std::string_view name) {
    if (text::iequals(name, "From")) return "f";
    if (text::iequals(name, "To")) return "t";
    if (text::iequals(name, "Via")) return "v";
    return text::iequals(name, "Call-ID") ? "i" : "";
}

// The text with what matched replaced; nothing when the replacement has no value.
std::optional<std::string> replaced(std::string_view line, const ProfileMatch& match,
                                    const std::optional<std::string>& by) {
    if (!by) return std::nullopt;
    const auto begin = static_cast<std::size_t>(match[0].data() - line.data());
    return std::string(line.substr(0, begin)) + *by +
           std::string(line.substr(begin + match[0].size()));
}

}  // namespace

// The work on one message; the caller throws it away when it is refused.
class SipProfile::Application {
public:
    Application(SipMessage& message, const ProfileSubject& subject)
        : message_(message), subject_(subject) {
        if (subject.variables != nullptr) variables_ = *subject.variables;
        const auto cseq = message.cseq();
        method_ = message.is_request ? message.method : cseq ? cseq->method : std::string();
    }

    ProfileOutcome run(const std::vector<Rule>& rules) {
        for (const auto& rule : rules) {
            if (!fits(rule)) continue;
            if (rule.action == Action::copy)
                copy(rule);
            else if (rule.part == Part::sdp_header)
                edit_sdp(rule);
            else
                edit_header(rule);
            if (refused_) return ProfileOutcome::refused;
        }
        if (subject_.variables != nullptr) *subject_.variables = std::move(variables_);
        return changed_ ? ProfileOutcome::applied : ProfileOutcome::untouched;
    }

private:
    using Lines = std::vector<std::string>;

    // Spec D.2: INVITE is the initial one only; later ones need REINVITE or ANY.
    [[nodiscard]] bool fits(const Rule& rule) const {
        const bool is_request = rule.message == config::SipProfileRule::Message::request;
        if (is_request != message_.is_request) return false;
        if (rule.code != 0 && rule.code != message_.status) return false;
        if (rule.method.empty()) return true;
        const bool later = method_ == "INVITE" && subject_.reinvite;
        return rule.method == (later ? "REINVITE" : method_);
    }

    // ---- start lines and headers ------------------------------------------------------------
    void edit_header(const Rule& rule) {
        if (text::iequals(rule.header, "SIP-Req-URI")) return edit_request_line(rule);
        if (text::iequals(rule.header, "SIP-StatusLine")) return edit_status_line(rule);
        if (rule.action == Action::add) return add_header(rule);
        if (rule.action == Action::remove) {
            const std::size_t before = message_.headers.size();
            message_.remove(rule.header);
            changed_ = changed_ || message_.headers.size() != before;
            return;
        }
        if (subject_.inbound) return modify_joined(rule);
        for (std::size_t i = 0; i < message_.headers.size(); ++i) {
            if (!text::iequals(message_.headers[i].name, rule.header)) continue;
            if (const auto lines = modified(rule, line_of(message_.headers[i])))
                i += put(i, 1, *lines) - 1;
            if (refused_) return;
        }
    }

    // Spec D.2: inbound, several instances are one comma-separated value.
    void modify_joined(const Rule& rule) {
        const auto values = message_.all(rule.header);
        if (values.empty()) return;
        std::string joined;
        for (const auto value : values)
            joined += (joined.empty() ? "" : ", ") + std::string(value);
        std::size_t first = 0;
        while (!text::iequals(message_.headers[first].name, rule.header))
            ++first;
        const auto lines = modified(rule, message_.headers[first].name + ": " + joined);
        if (!lines || refused_) return;
        const std::string name = message_.headers[first].name;
        message_.set(name, joined);
        put(first, 1, *lines);
    }

    void add_header(const Rule& rule) {
        const auto value = rule.value.expand({}, variables_);
        if (!value) return;
        const auto lines = lines_in(*value);
        for (const auto& line : lines) {
            const auto header = header_of(line);
            if (line.size() > kProfileLineBytes || !header) return refuse();
            if (config::is_mandatory_header(config::canonical_header(header->name)))
                return refuse();
            message_.headers.push_back(*header);
            changed_ = true;
        }
    }

    // The lines that `line` becomes; nothing when the expression does not match.
    std::optional<Lines> modified(const Rule& rule, const std::string& line) {
        const auto match = rule.match->find(line);
        if (!match) return std::nullopt;
        const auto made = replaced(line, *match, rule.value.expand(*match, variables_));
        if (!made || *made == line) return std::nullopt;
        changed_ = true;
        Lines lines = lines_in(*made);
        for (const auto& each : lines)
            if (each.size() > kProfileLineBytes) refuse();
        return lines;
    }

    // Puts `lines` in the place of `count` headers at `at`; gives how many there are now.
    std::size_t put(std::size_t at, std::size_t count, const Lines& lines) {
        std::vector<Header> made;
        for (const auto& line : lines) {
            const auto header = header_of(line);
            if (!header) {
                refuse();
                return 1;
            }
            made.push_back(*header);
        }
        const auto begin = message_.headers.begin() + static_cast<std::ptrdiff_t>(at);
        // Spec D.2: a mandatory header may be modified, not taken away: also not by another name.
        const std::string name = begin->name;
        const bool stays = std::any_of(made.begin(), made.end(), [&](Header& each) {
            if (text::iequals(each.name, compact_form(name))) each.name = name;
            return text::iequals(each.name, name);
        });
        if (!stays && config::is_mandatory_header(config::canonical_header(name))) {
            refuse();
            return 1;
        }
        message_.headers.erase(begin, begin + static_cast<std::ptrdiff_t>(count));
        message_.headers.insert(message_.headers.begin() + static_cast<std::ptrdiff_t>(at),
                                made.begin(), made.end());
        return made.size();
    }

    void edit_request_line(const Rule& rule) {
        if (!message_.is_request || rule.action != Action::modify) return;
        const auto lines =
            modified(rule, message_.method + " " + message_.request_uri + " SIP/2.0");
        if (!lines || refused_) return;
        const auto words =
            lines->size() == 1 ? text::words(lines->front()) : std::vector<std::string_view>();
        // Another method would be another transaction.
        if (words.size() != 3 || words[0] != message_.method) return refuse();
        message_.request_uri = std::string(words[1]);
    }

    void edit_status_line(const Rule& rule) {
        if (message_.is_request || rule.action != Action::modify) return;
        const auto lines =
            modified(rule, "SIP/2.0 " + std::to_string(message_.status) + " " + message_.phrase);
        if (!lines || refused_) return;
        const std::string_view line = lines->size() == 1 ? std::string_view(lines->front()) : "";
        const auto words = text::words(line);
        const auto status = words.size() >= 2 ? text::number(words[1]) : std::nullopt;
        if (!status || *status < 100 || *status > 699) return refuse();
        // A final response that looks like a provisional one, or a refusal like an answer, would
        // leave the transaction or the dialog hanging at one end.
        const int made = static_cast<int>(*status);
        const auto sort = [](int code) { return code < 200 ? 1 : code < 300 ? 2 : 3; };
        if (sort(made) != sort(message_.status)) return refuse();
        message_.status = made;
        const auto phrase = static_cast<std::size_t>(words[1].data() - line.data()) + 3;
        message_.phrase = std::string(text::trim(line.substr(std::min(phrase, line.size()))));
    }

    // ---- lines of SDP -----------------------------------------------------------------------
    [[nodiscard]] static bool names(const Rule& rule, const SdpBodyLine& line) {
        if (rule.mline_index) {
            const bool plain = *rule.mline_index == 0 || !line.media.empty();
            return plain && line.section == *rule.mline_index && line.starts(rule.header);
        }
        if (!rule.line || !line.starts(rule.line->begin)) return false;
        return rule.line->media.empty() ? line.section == 0 : line.media == rule.line->media;
    }

    void edit_sdp(const Rule& rule) {
        auto body = SdpBody::find(message_);
        if (!body) return;
        const bool changed =
            rule.action == Action::add ? add_lines(rule, *body) : change_lines(rule, body->lines());
        if (!changed || refused_) return;
        if (body->text().size() > kProfileSdpBytes) return refuse();
        changed_ = true;
        body->store(message_);
    }

    bool add_lines(const Rule& rule, SdpBody& body) {
        const auto value = rule.value.expand({}, variables_);
        if (!value) return false;
        bool added = false;
        for (std::uint16_t section = 0; section <= body.sections(); ++section) {
            const bool wanted =
                rule.mline_index
                    ? section == *rule.mline_index && (section == 0 || !body.media(section).empty())
                    : rule.line &&
                          (rule.line->media.empty() ? section == 0
                                                    : body.media(section) == rule.line->media);
            if (!wanted) continue;
            for (auto& line : lines_in(*value)) {
                if (line.size() > kProfileLineBytes) refuse();
                body.add(std::move(line), section);
                added = true;
            }
        }
        return added;
    }

    bool change_lines(const Rule& rule, std::vector<SdpBodyLine>& lines) {
        bool changed = false;
        std::vector<SdpBodyLine> kept;
        for (auto& line : lines) {
            if (!names(rule, line)) {
                kept.push_back(std::move(line));
                continue;
            }
            if (rule.action == Action::remove) {
                changed = true;
                continue;
            }
            const auto made = modified(rule, line.text);
            if (!made) {
                kept.push_back(std::move(line));
                continue;
            }
            changed = true;
            for (const auto& text : *made)
                kept.push_back({text, line.section, line.media});
        }
        lines = std::move(kept);
        return changed;
    }

    // ---- variables --------------------------------------------------------------------------
    void copy(const Rule& rule) {
        switch (rule.part) {
            case Part::sip_header:
                return copy_header(rule, message_);
            case Part::sdp_header:
                return copy_line(rule, message_);
            case Part::peer_sip_header: {
                if (subject_.peer == nullptr) return;
                SipMessage peer;
                peer.headers = subject_.peer->headers;
                return copy_header(rule, peer);
            }
            case Part::peer_sdp_line:
                if (subject_.peer != nullptr) copy_line(rule, subject_.peer->description);
                return;
        }
    }

    void copy_header(const Rule& rule, const SipMessage& from) {
        if (&from == &message_ && text::iequals(rule.header, "SIP-Req-URI")) {
            if (message_.is_request)
                note(rule, message_.method + " " + message_.request_uri + " SIP/2.0");
            return;
        }
        if (&from == &message_ && text::iequals(rule.header, "SIP-StatusLine")) {
            if (!message_.is_request)
                note(rule, "SIP/2.0 " + std::to_string(message_.status) + " " + message_.phrase);
            return;
        }
        for (const auto& header : from.headers) {
            if (!text::iequals(header.name, rule.header)) continue;
            // The request line was kept under this name, but is none of "Name: value".
            const bool start_line = text::iequals(rule.header, "SIP-Req-URI");
            if (note(rule, start_line ? header.value : line_of(header))) return;
        }
    }

    void copy_line(const Rule& rule, const SipMessage& from) {
        const auto body = SdpBody::find(from);
        if (!body) return;
        for (const auto& line : body->lines()) {
            const bool wanted = rule.part == Part::peer_sdp_line
                                    ? line.section == rule.mline_index.value_or(0)
                                    : names(rule, line);
            if (wanted && note(rule, line.text)) return;
        }
    }

    // Group 1, or the whole match of an expression without groups.
    bool note(const Rule& rule, std::string_view line) {
        const auto match = rule.match->find(line);
        if (!match) return false;
        const std::string_view value = rule.match->groups() == 0 ? (*match)[0] : (*match)[1];
        variables_[rule.variable] = std::string(value.substr(0, kProfileLineBytes));
        return true;
    }

    void refuse() { refused_ = true; }

    SipMessage& message_;
    const ProfileSubject& subject_;
    ProfileVariables variables_;
    std::string method_;
    bool changed_ = false;
    bool refused_ = false;
};

ProfileOutcome SipProfile::apply(SipMessage& message, const ProfileSubject& subject) const {
    SipMessage draft = message;
    const ProfileOutcome outcome = Application(draft, subject).run(rules_);
    if (outcome == ProfileOutcome::applied) message = std::move(draft);
    return outcome;
}

}  // namespace weir::signaling
