#pragma once

#include "config/diagnostic.hpp"

namespace stellwerk {

/// What the files are loaded for. A start, and `check` before it, may still become `user`; a
/// running proxy is who it is.
enum class loading { for_start, for_reload };

/// May this process run as the configuration's `user`? A problem: the account does not exist,
/// only root could become it, or it can't write `state_dir`. A warning: it can't read a file
/// that every reload opens. Blocks.
void judge_user(const configuration& settings, loading how, diagnostics& out);

} // namespace stellwerk
