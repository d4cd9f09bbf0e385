#pragma once

#include "config/account_rows.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace stellwerk {

/// Reads accounts.csv: UTF-8 (a byte order mark is skipped), a header line that names the
/// columns in any order (`login` is needed, what is missing is empty), one account per line.
/// With problems in `out` the result is not to be used.
[[nodiscard]] account_rows read_accounts_csv(const std::filesystem::path& file,
                                             diagnostics& out);
/// The same from text.
[[nodiscard]] account_rows parse_accounts(std::string_view text, const std::string& file,
                                          diagnostics& out);

} // namespace stellwerk
