// SPDX-License-Identifier: Apache-2.0
// The interface types of a router, with the shortest abbreviation of each.
#include "config/base/interface_name.hpp"

#include <array>
#include <cstddef>

#include "config/base/text.hpp"

namespace weir::config {
namespace {

struct InterfaceType {
    std::string_view name;
    std::size_t shortest;  // letters that are enough; fewer are ambiguous, or nobody's habit
};

// Among types with a common beginning the one written first has the abbreviation.
constexpr std::array kTypes{
    InterfaceType{"GigabitEthernet", 1},
    InterfaceType{"FastEthernet", 1},
    InterfaceType{"TenGigabitEthernet", 2},
    InterfaceType{"TwentyFiveGigE", 3},
    InterfaceType{"TwoGigabitEthernet", 4},
    InterfaceType{"TwoHundredGigE", 4},
    InterfaceType{"FiveGigabitEthernet", 2},
    InterfaceType{"FortyGigabitEthernet", 2},
    InterfaceType{"FortyGigE", 9},
    InterfaceType{"FourHundredGigE", 3},
    InterfaceType{"HundredGigE", 1},
    InterfaceType{"Ethernet", 1},
    InterfaceType{"Loopback", 2},
    InterfaceType{"Port-channel", 2},
    InterfaceType{"Serial", 1},
    InterfaceType{"Tunnel", 2},
    InterfaceType{"Vlan", 2},
    InterfaceType{"Null", 2},
    InterfaceType{"Dialer", 2},
    InterfaceType{"Multilink", 2},
    InterfaceType{"Virtual-Template", 9},
    InterfaceType{"Virtual-Access", 9},
    InterfaceType{"VirtualPortGroup", 8},
    InterfaceType{"BDI", 2},
    InterfaceType{"BVI", 2},
    InterfaceType{"BRI", 2},
    InterfaceType{"ATM", 2},
    InterfaceType{"POS", 3},
    InterfaceType{"Async", 2},
    InterfaceType{"Group-Async", 2},
    InterfaceType{"Cellular", 2},
    InterfaceType{"Dot11Radio", 2},
    InterfaceType{"Service-Engine", 4},
    InterfaceType{"Embedded-Service-Engine", 3},
    InterfaceType{"Integrated-Service-Engine", 3},
    InterfaceType{"AppGigabitEthernet", 3},
    InterfaceType{"Wlan-GigabitEthernet", 3},
    InterfaceType{"ISM", 3},
    InterfaceType{"SM", 2},
    InterfaceType{"ucse", 2},
    InterfaceType{"nve", 2},
    InterfaceType{"LISP", 2},
    InterfaceType{"CEM", 3},
    InterfaceType{"pseudowire", 2},
};

constexpr std::string_view kUnitSigns = "0123456789/.:";

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Where the unit begins: behind the last sign that no unit has.
std::size_t unit_at(std::string_view name) {
    const std::size_t last = name.find_last_not_of(kUnitSigns);
    std::size_t at = last == std::string_view::npos ? 0 : last + 1;
    while (at < name.size() && !is_digit(name[at]))
        ++at;
    return at;
}

// The kernel's own names that would be abbreviations: "eth0", "tun0", "eth0.100".
bool is_device(std::string_view type, std::string_view unit) {
    return (text::iequals(type, "eth") || text::iequals(type, "tun")) &&
           unit.find_first_of("/:") == std::string_view::npos;
}

}  // namespace

Result<std::string> interface_name(std::string_view word, std::string_view unit) {
    if (!unit.empty() && !is_digit(unit.front()))
        return fail(ErrorCode::invalid, "'" + std::string(unit) +
                                            "' is no unit of an interface: write the type and the "
                                            "unit, as GigabitEthernet0/0/0");
    const std::string whole = std::string(word) + std::string(unit);
    const std::size_t at = unit_at(whole);
    const std::string_view type = std::string_view(whole).substr(0, at);
    const std::string_view number = std::string_view(whole).substr(at);
    if (type.empty() || number.empty() || (unit.empty() && is_device(type, number))) return whole;
    std::string ambiguous;
    for (const InterfaceType& one : kTypes) {
        if (type.size() > one.name.size() || !text::iequals(one.name.substr(0, type.size()), type))
            continue;
        if (type.size() >= one.shortest) return std::string(one.name) + std::string(number);
        ambiguous += (ambiguous.empty() ? "" : ", ") + std::string(one.name);
    }
    // A unit with a slash, or one that stands apart, is a router's way of writing.
    if (ambiguous.empty() || (unit.empty() && number.find('/') == std::string_view::npos))
        return whole;
    return fail(ErrorCode::invalid, "'" + std::string(type) +
                                        "' is too short for the type of an interface: it may be " +
                                        ambiguous);
}

bool same_interface(std::string_view left, std::string_view right) {
    const auto one = interface_name(left);
    const auto other = interface_name(right);
    return text::iequals(one ? std::string_view(*one) : left,
                         other ? std::string_view(*other) : right);
}

}  // namespace weir::config
