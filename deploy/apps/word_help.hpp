// SPDX-License-Identifier: Apache-2.0
// What `?` says of the words of exec commands that others follow.
#pragma once

#include "config/admin/command_table.hpp"

namespace weir::apps {

void add_word_help(config::CommandTable& table);

}  // namespace weir::apps
