// SPDX-License-Identifier: Apache-2.0
// Result<T>: a value or an Error that says what, where and what to do.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace weir {

// What kind of failure it is, for the code that must act on it; the text is for people.
enum class ErrorCode : std::uint8_t {
    invalid,      // the input is wrong: text, bytes, configuration
    not_found,    // the thing named does not exist
    exists,       // the thing to be made exists already, or is in use
    exhausted,    // a bound of limits.hpp or of the configuration is reached
    unavailable,  // the other side is not there now: try again later
    denied,       // a permission or capability is missing
    io,           // the operating system refused; the text holds errno's words
};

struct Error {
    ErrorCode code = ErrorCode::invalid;
    std::string context;  // one sentence: what, which value, where, and what to do about it

    // The same error one level up: "context: inner".
    [[nodiscard]] Error within(const std::string& outer) const {
        return Error{code, outer + ": " + context};
    }
    bool operator==(const Error&) const = default;
};

template <typename T>
using Result = tl::expected<T, Error>;

// return fail(ErrorCode::invalid, "port 0 is not usable");
[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string context) {
    return tl::unexpected<Error>(Error{code, std::move(context)});
}
[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
    return tl::unexpected<Error>(std::move(error));
}

// fail(ErrorCode::io, ...) with errno's words behind the text.
[[nodiscard]] tl::unexpected<Error> fail_errno(const std::string& what, int error_number);

}  // namespace weir

// Returns the error to the caller, or goes on: WEIR_TRY(check(x));
#define WEIR_TRY(expression)                                         \
    do {                                                             \
        if (auto weir_try_result = (expression); !weir_try_result)   \
            return ::weir::fail(std::move(weir_try_result).error()); \
    } while (false)

// A broken invariant of our own: ends the process with file and line, also in release builds.
#define WEIR_ASSERT(condition)                                        \
    do {                                                              \
        if (!(condition)) [[unlikely]]                                \
            ::weir::assertion_failed(#condition, __FILE__, __LINE__); \
    } while (false)

namespace weir {
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line) noexcept;
}
