// SPDX-License-Identifier: Apache-2.0
// Finding passwords by the word in front of them.
#include "config/import/secrets.hpp"

#include <array>
#include <optional>
#include <vector>

#include "config/base/text.hpp"
#include "config/model/secret.hpp"

namespace weir::config {
namespace {

constexpr std::array<std::string_view, 10> kBefore = {
    "password", "secret",        "key",        "key-string", "community",
    "pin",      "shared-secret", "passphrase", "md5",        "authentication-key"};

struct SecretWord {
    std::string_view type;  // "7", "6", "0", "5" ... or "" where none is written
    std::string_view text;
};

bool is_type(std::string_view word) {
    return word.size() == 1 && word[0] >= '0' && word[0] <= '9';
}

// Every password of the line, in order.
std::vector<SecretWord> secrets_of(std::string_view line) {
    std::vector<SecretWord> found;
    const auto words = text::words(line);
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        bool before = false;
        for (const auto name : kBefore)
            before = before || text::iequals(words[i], name);
        if (i == 0 && text::iequals(words[i], "description")) return {};
        if (!before) continue;
        const bool typed = is_type(words[i + 1]) && i + 2 < words.size();
        found.push_back({typed ? words[i + 1] : "", words[i + (typed ? 2 : 1)]});
        i += typed ? 2 : 1;
    }
    // snmp-server community NAME ro, enable secret 5 X and the like are found by the words above.
    return found;
}

}  // namespace

std::string without_secrets(std::string_view line) {
    std::string shown;
    std::size_t done = 0;
    for (const SecretWord& place : secrets_of(line)) {
        const auto at = static_cast<std::size_t>(place.text.data() - line.data());
        shown += line.substr(done, at - done);
        shown += "***";
        done = at + place.text.size();
    }
    shown += line.substr(done);
    return shown;
}

std::string secret_note(std::string_view line) {
    for (const SecretWord& place : secrets_of(line)) {
        if (place.type == "7") {
            const auto secret = secret_of(7, place.text);
            if (secret && clear_text(*secret))
                return "the password of type 7 was readable: type 7 is a disguise, not encryption; "
                       "whoever has this file has the password";
            return "the password is not one of type 7 that can be read: type it again";
        }
        if (place.type == "6")
            return "the password of type 6 is encrypted under a key of the router that does not "
                   "stand in the configuration: type it again";
        if (place.type == "0") return "the password stands in clear in the file that was read";
    }
    return "";
}

}  // namespace weir::config
