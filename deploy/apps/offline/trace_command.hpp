// SPDX-License-Identifier: Apache-2.0
// weir trace and weir replay: the flight recorder from the command line, also when no Weir runs.
#pragma once

#include <string>

#include "deploy/apps/options.hpp"

namespace weir::apps {

// `words`: what names the call, "" = lists the newest. The store is that of --directory, of
// --platform, or the default one. 0 = found, 1 = not, 2 = unusable options.
int trace_command(const std::string& words, const Options& options);
// 0 = the machine takes the same actions, 1 = it does not, 2 = the file cannot be read.
int replay_command(const std::string& file, const Options& options);

}  // namespace weir::apps
