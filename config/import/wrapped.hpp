// SPDX-License-Identifier: Apache-2.0
// Lines that a terminal broke at its right edge.
#pragma once

#include <vector>

#include "config/import/capture.hpp"

namespace weir::config {

// Joins the pieces of lines in a text that was copied from a screen of 80 or 132 columns: no line
// is longer than the screen, one that fills it is followed by text that is no command of any mode
// (a router prints its commands in full). What is joined stands in the first piece; the others are
// surroundings. Thread: any; linear in the text.
void join_wrapped(std::vector<CaptureLine>& lines);

}  // namespace weir::config
