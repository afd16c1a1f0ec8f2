// SPDX-License-Identifier: Apache-2.0
// Many URI classes at once: which of them a URI belongs to, without asking each.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "config/model/config.hpp"
#include "dialplan/uri_class.hpp"

namespace weir::dialplan {

// The classes that one kind of header is compared with, each with a value. Hosts that are written
// out are found by hashing, expressions by one automaton for all of a kind; what they find is then
// asked in full. Immutable after build. Thread: any (RE2 locks inside itself).
class UriIndex {
public:
    struct Hit {
        std::uint32_t value = 0;
        UriScore score;
        const std::string* tag = nullptr;  // of the class
    };

    UriIndex();
    UriIndex(UriIndex&&) noexcept;
    UriIndex& operator=(UriIndex&&) noexcept;
    ~UriIndex();

    // `source` and `compiled` must outlive the index. Before build().
    void add(const config::UriClass& source, const CompiledUriClass& compiled, std::uint32_t value);
    void build();

    [[nodiscard]] bool empty() const { return entries_.empty(); }
    // Every value whose class holds the URI, in no order. Appends to `hits`.
    void find(std::string_view uri, std::vector<Hit>& hits) const;
    // The same for the sent-by of a Via.
    void find_via(std::string_view sent_by, std::vector<Hit>& hits) const;

private:
    struct Entry {
        const config::UriClass* source = nullptr;
        const CompiledUriClass* compiled = nullptr;
        std::vector<std::uint32_t> values;
    };
    struct Expressions;  // one RE2::Set and the entries behind its expressions

    void candidates_by_host(std::string_view host, std::vector<std::uint32_t>& found) const;
    static void collect(const Expressions& expressions, std::string_view text,
                        std::vector<std::uint32_t>& found);
    void keep(std::vector<std::uint32_t>& found) const;

    std::vector<Entry> entries_;
    std::map<const config::UriClass*, std::uint32_t> known_;             // class -> entry
    std::unordered_map<std::string, std::vector<std::uint32_t>> hosts_;  // lower case -> entries
    std::map<IpAddress, std::vector<std::uint32_t>> addresses_;
    std::unique_ptr<Expressions> host_;
    std::unique_ptr<Expressions> user_;
    std::unique_ptr<Expressions> phone_;    // phone number, else phone context
    std::unique_ptr<Expressions> pattern_;  // of the text behind the scheme
};

}  // namespace weir::dialplan
