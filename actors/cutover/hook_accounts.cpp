#include "actors/cutover/hook_accounts.hpp"

#include "actors/io/atomic_file.hpp"
#include "protocol/base/csv_writer.hpp"

namespace stellwerk {

std::string write_accounts(const hook_cause& cause, const world& now,
                           const std::filesystem::path& state_dir) {
  const auto target = destination_of(cause.to);
  std::string text = "login,old_login,new_login\n";
  for (const auto& one : now.current.accounts->all())
    if (one.domain == cause.domain && one.pin != target)
      text += csv_text(one.login) + ',' + csv_text(one.login_at(side::on_old)) + ','
              + csv_text(one.login_at(side::on_new)) + '\n';
  return io::replace_file(accounts_file_of(cause.id, state_dir), text);
}

} // namespace stellwerk
