// SPDX-License-Identifier: Apache-2.0
// Big-endian integers for wire formats, and the one place where bytes are seen as structs.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

namespace weir {

// An integer in network byte order, byte-aligned, without implicit conversion.
template <typename T>
class BigEndian {
public:
    constexpr BigEndian() = default;
    constexpr explicit BigEndian(T host) { set(host); }
    [[nodiscard]] constexpr T get() const {
        if (!std::is_constant_evaluated() && std::endian::native == std::endian::little) {
            // One load and one swap: compilers do not find it in the loop below.
            T value = 0;
            std::memcpy(&value, bytes_, sizeof(T));
            return swapped(value);
        }
        T value = 0;
        for (const std::uint8_t byte : bytes_)
            value = static_cast<T>(static_cast<T>(value << 8U) | byte);
        return value;
    }
    constexpr void set(T host) {
        if (!std::is_constant_evaluated() && std::endian::native == std::endian::little) {
            const T value = swapped(host);
            std::memcpy(bytes_, &value, sizeof(T));
            return;
        }
        for (std::size_t i = sizeof(T); i-- > 0; host = static_cast<T>(host >> 8U))
            bytes_[i] = static_cast<std::uint8_t>(host & 0xFFU);
    }
    bool operator==(const BigEndian&) const = default;

private:
    static T swapped(T value) {
        if constexpr (sizeof(T) == 8) return __builtin_bswap64(value);
        if constexpr (sizeof(T) == 4) return __builtin_bswap32(value);
        if constexpr (sizeof(T) == 2) return __builtin_bswap16(value);
        return value;
    }
    std::uint8_t bytes_[sizeof(T)] = {};
};

template <>
constexpr std::uint8_t BigEndian<std::uint8_t>::get() const {
    return bytes_[0];
}
template <>
constexpr void BigEndian<std::uint8_t>::set(std::uint8_t host) {
    bytes_[0] = host;
}

using Be16 = BigEndian<std::uint16_t>;
using Be32 = BigEndian<std::uint32_t>;
static_assert(sizeof(Be16) == 2 && alignof(Be16) == 1 && sizeof(Be32) == 4 && alignof(Be32) == 1);

using ByteSpan = std::span<const std::uint8_t>;
using MutableByteSpan = std::span<std::uint8_t>;

// The bytes at `offset` as a wire struct, or null when they do not reach. T must be byte-aligned.
template <typename T>
[[nodiscard]] inline const T* view_as(ByteSpan bytes, std::size_t offset = 0) {
    static_assert(std::is_trivially_copyable_v<T> && alignof(T) == 1);
    if (bytes.size() < offset || bytes.size() - offset < sizeof(T)) return nullptr;
    return reinterpret_cast<const T*>(bytes.data() + offset);
}
template <typename T>
[[nodiscard]] inline T* view_as(MutableByteSpan bytes, std::size_t offset = 0) {
    static_assert(std::is_trivially_copyable_v<T> && alignof(T) == 1);
    if (bytes.size() < offset || bytes.size() - offset < sizeof(T)) return nullptr;
    return reinterpret_cast<T*>(bytes.data() + offset);
}

// Any trivially copyable object as bytes, for files and sockets.
template <typename T>
[[nodiscard]] inline ByteSpan bytes_of(const T& object) {
    static_assert(std::is_trivially_copyable_v<T>);
    return {reinterpret_cast<const std::uint8_t*>(&object), sizeof(T)};
}

}  // namespace weir
