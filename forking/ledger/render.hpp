// SPDX-License-Identifier: Apache-2.0
// The ledger as text (`show recording ledger`) and as JSON. Pure.
#pragma once

#include <optional>
#include <string>

#include "config/base/guid.hpp"
#include "forking/ledger/book.hpp"

namespace weir::forking {

// Newest first: recordings in progress, then ended ones; only those of `guid` if given; at most
// `limit`.
struct LedgerQuery {
    std::optional<Guid> guid;
    std::size_t limit = 20;
};

[[nodiscard]] std::string ledger_text(const LedgerBook& book, const LedgerQuery& query);
// {"active":N,"ended":N,"laws_broken":N,"recordings":[...]}
[[nodiscard]] std::string ledger_json(const LedgerBook& book, const LedgerQuery& query);
// One recording as a JSON object, as it also stands in the list above.
[[nodiscard]] std::string recording_json(const signaling::RecordingSummary& recording);

}  // namespace weir::forking
