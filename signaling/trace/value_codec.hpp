// SPDX-License-Identifier: Apache-2.0
// Values to bytes and back: setups, inputs and actions of the call machine as they stand in the
// flight recorder. Aggregates are taken field by field, so that a new field is never forgotten.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <boost/pfr.hpp>

#include "config/base/address.hpp"
#include "config/base/strong.hpp"
#include "config/model/config.hpp"
#include "signaling/api/message.hpp"
#include "signaling/call/boxed.hpp"
#include "signaling/trace/redact.hpp"
#include "signaling/trace/trace_limits.hpp"

namespace weir::signaling {

// What an address of that family has.
[[nodiscard]] constexpr std::size_t bytes_of(Family family) {
    return family == Family::v4 ? 4 : family == Family::v6 ? 16 : 0;
}

// Appends to `out`, what is short by way of a stage of its own: a record is a thousand numbers of
// one byte. Messages pass through the redactor on their way. `out` is whole when the writer is
// gone: use append_values(). Thread: any, one at a time.
class ValueWriter {
public:
    ValueWriter(std::string& out, const Redactor& redactor) : out_(out), redactor_(redactor) {}
    ~ValueWriter() { flush(); }
    ValueWriter(const ValueWriter&) = delete;
    ValueWriter& operator=(const ValueWriter&) = delete;

    // LEB128: small numbers, which nearly all are, take one byte.
    void number(std::uint64_t value) {
        if (value >= 0x80 || staged_ == stage_.size()) return long_number(value);
        stage_[staged_++] = static_cast<char>(value);
    }
    void text(std::string_view value) {
        number(value.size());
        bytes(value);
    }
    void put(std::string_view value) { text(value); }
    void put(const std::string& value) { text(value); }
    void put(const SipMessage& message) {
        number(message.is_request ? 1 : 0);
        text(message.method);
        text(message.request_uri);
        number(static_cast<std::uint64_t>(message.status));
        text(message.phrase);
        number(message.headers.size());
        for (const Header& header : message.headers) {
            text(header.name);
            if (Redactor::has_secret(header))
                text(redactor_.header(header));
            else
                text(header.value);
        }
        if (Redactor::has_secret(message.body))
            text(redactor_.body(message.body));
        else
            text(message.body);
    }
    // Named by the recording, not part of it.
    void put(const config::ConfigPtr&) {}
    // Half of a call's values are addresses: the bytes that one has, without the rest.
    void put(const IpAddress& address) {
        number(static_cast<std::uint8_t>(address.family));
        const void* first = address.bytes.data();
        bytes({static_cast<const char*>(first), bytes_of(address.family)});
    }
    template <typename Tag, typename Value>
    void put(const Strong<Tag, Value>& value) {
        put(value.value());
    }
    template <typename Rep, typename Period>
    void put(const std::chrono::duration<Rep, Period>& value) {
        put(value.count());
    }
    template <typename Value>
    void put(const std::optional<Value>& value) {
        number(value ? 1 : 0);
        if (value) put(*value);
    }
    template <typename Value>
    void put(const Boxed<Value>& value) {
        number(value ? 1 : 0);
        if (value) put(*value);
    }
    template <typename Value>
    void put(const std::vector<Value>& values) {
        number(values.size());
        for (const Value& value : values)
            put(value);
    }
    template <typename Key, typename Value>
    void put(const std::map<Key, Value>& values) {
        number(values.size());
        for (const auto& [key, value] : values) {
            put(key);
            put(value);
        }
    }
    template <typename Value, std::size_t count>
    void put(const std::array<Value, count>& values) {
        for (const Value& value : values)
            put(value);
    }
    template <typename... Values>
    void put(const std::variant<Values...>& value) {
        number(value.index());
        std::visit([this](const auto& held) { this->put(held); }, value);
    }
    template <typename Value>
    void put(const Value& value) {
        if constexpr (std::is_enum_v<Value>) {
            put(static_cast<std::underlying_type_t<Value>>(value));
        } else if constexpr (std::is_signed_v<Value>) {
            const auto wide = static_cast<std::int64_t>(value);  // zigzag: -1 is 1, 1 is 2
            number((static_cast<std::uint64_t>(wide) << 1U) ^
                   static_cast<std::uint64_t>(wide >> 63U));
        } else if constexpr (std::is_integral_v<Value>) {
            number(value);
        } else {
            static_assert(std::is_aggregate_v<Value>, "describe how this type is written");
            boost::pfr::for_each_field(value, [this](const auto& field) { this->put(field); });
        }
    }

private:
    static constexpr std::size_t kLongestNumber = 10;  // bytes of 2^64 - 1

    void long_number(std::uint64_t value) {
        if (stage_.size() - staged_ < kLongestNumber) flush();
        for (; value >= 0x80; value >>= 7U)
            stage_[staged_++] = static_cast<char>(0x80U | (value & 0x7fU));
        stage_[staged_++] = static_cast<char>(value);
    }
    void bytes(std::string_view value) {
        if (stage_.size() - staged_ < value.size()) {
            flush();
            if (stage_.size() < value.size()) {
                out_.append(value);
                return;
            }
        }
        std::copy(value.begin(), value.end(), stage_.begin() + staged_);
        staged_ += value.size();
    }
    void flush() {
        out_.append(stage_.data(), staged_);
        staged_ = 0;
    }

    std::string& out_;
    const Redactor& redactor_;
    std::array<char, 1024> stage_;  // not cleared: `staged_` bytes of it are something
    std::size_t staged_ = 0;
};

// The values behind one another, at the end of `out`.
template <typename... Values>
void append_values(std::string& out, const Redactor& redactor, const Values&... values) {
    ValueWriter writer(out, redactor);
    (writer.put(values), ...);
}

// Reads what ValueWriter wrote. Total on any bytes: get() gives false once something is wrong, and
// never takes more memory than the bytes can account for.
class ValueReader {
public:
    explicit ValueReader(std::string_view bytes) : rest_(bytes) {}
    [[nodiscard]] bool at_end() const { return rest_.empty(); }

    bool number(std::uint64_t& value) {
        value = 0;
        for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
            const auto byte = static_cast<std::uint8_t>(rest_.front());
            rest_.remove_prefix(1);
            value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
            if (byte < 0x80) return true;
        }
        return false;
    }
    bool get(std::string& value) {
        std::uint64_t size = 0;
        if (!number(size) || size > rest_.size()) return false;
        value = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return true;
    }
    bool get(SipMessage& message) {
        std::uint64_t is_request = 0;
        std::uint64_t status = 0;
        std::uint64_t headers = 0;
        if (!number(is_request) || !get(message.method) || !get(message.request_uri) ||
            !number(status) || !get(message.phrase) || !elements(headers))
            return false;
        message.is_request = is_request != 0;
        message.status = static_cast<int>(status);
        for (message.headers.clear(); headers != 0; --headers) {
            Header& header = message.headers.emplace_back();
            if (!get(header.name) || !get(header.value)) return false;
        }
        return get(message.body);
    }
    bool get(config::ConfigPtr&) { return true; }
    bool get(IpAddress& address) {
        if (rest_.empty()) return false;
        address = {};
        const auto family = static_cast<std::uint8_t>(rest_.front());
        rest_.remove_prefix(1);
        address.family = static_cast<Family>(family);
        const bool is_known = family == 0 || bytes_of(address.family) != 0;
        if (!is_known || rest_.size() < bytes_of(address.family)) return false;
        for (std::size_t i = 0; i < bytes_of(address.family); ++i)
            address.bytes[i] = static_cast<std::uint8_t>(rest_[i]);
        rest_.remove_prefix(bytes_of(address.family));
        return true;
    }
    template <typename Tag, typename Value>
    bool get(Strong<Tag, Value>& value) {
        Value held{};
        if (!get(held)) return false;
        value = Strong<Tag, Value>(std::move(held));
        return true;
    }
    template <typename Rep, typename Period>
    bool get(std::chrono::duration<Rep, Period>& value) {
        Rep count{};
        if (!get(count)) return false;
        value = std::chrono::duration<Rep, Period>(count);
        return true;
    }
    template <typename Value>
    bool get(std::optional<Value>& value) {
        std::uint64_t is_there = 0;
        if (!number(is_there)) return false;
        value.reset();
        return is_there == 0 || get(value.emplace());
    }
    template <typename Value>
    bool get(Boxed<Value>& value) {
        std::optional<Value> held;
        if (!get(held)) return false;
        value.reset();
        if (held) value = *std::move(held);
        return true;
    }
    template <typename Value>
    bool get(std::vector<Value>& values) {
        std::uint64_t count = 0;
        if (!elements(count)) return false;
        for (values.clear(); count != 0; --count)
            if (!get(values.emplace_back())) return false;
        return true;
    }
    template <typename Key, typename Value>
    bool get(std::map<Key, Value>& values) {
        std::uint64_t count = 0;
        if (!elements(count)) return false;
        for (values.clear(); count != 0; --count) {
            Key key{};
            if (!get(key) || !get(values[std::move(key)])) return false;
        }
        return true;
    }
    template <typename Value, std::size_t count>
    bool get(std::array<Value, count>& values) {
        for (Value& value : values)
            if (!get(value)) return false;
        return true;
    }
    template <typename... Values>
    bool get(std::variant<Values...>& value) {
        std::uint64_t index = 0;
        return number(index) && alternative<0>(index, value);
    }
    template <typename Value>
    bool get(Value& value) {
        if constexpr (std::is_enum_v<Value>) {
            std::underlying_type_t<Value> held{};
            if (!get(held)) return false;
            value = static_cast<Value>(held);
            return true;
        } else if constexpr (std::is_signed_v<Value>) {
            std::uint64_t zigzag = 0;
            if (!number(zigzag)) return false;
            value = static_cast<Value>(static_cast<std::int64_t>(zigzag >> 1U) ^
                                       -static_cast<std::int64_t>(zigzag & 1U));
            return true;
        } else if constexpr (std::is_integral_v<Value>) {
            std::uint64_t held = 0;
            if (!number(held) || held > std::numeric_limits<Value>::max()) return false;
            value = static_cast<Value>(held);
            return true;
        } else {
            static_assert(std::is_aggregate_v<Value>, "describe how this type is read");
            bool good = true;
            boost::pfr::for_each_field(value, [&](auto& field) { good = good && get(field); });
            return good;
        }
    }

private:
    // Every element takes a byte at least.
    bool elements(std::uint64_t& count) {
        return number(count) && count <= kTraceMaxElements && count <= rest_.size();
    }
    template <std::size_t number, typename Variant>
    bool alternative(std::uint64_t index, Variant& value) {
        if constexpr (number == std::variant_size_v<Variant>) {
            return false;
        } else {
            if (index == number) return take(value.template emplace<number>());
            return alternative<number + 1>(index, value);
        }
    }
    template <typename Value>
    bool take(Value& value) {
        if constexpr (std::is_empty_v<Value>)
            return true;
        else
            return get(value);
    }

    std::string_view rest_;
};

}  // namespace weir::signaling
