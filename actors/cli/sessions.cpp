#include "actors/cli/reply_text.hpp"
#include "actors/cli/text_table.hpp"

namespace stellwerk::cli {

std::string sessions_text(const json& reply) {
  text_table table{
      {"SESSION", "PROTOCOL", "LOGIN", "DOMAIN", "BACKEND", "CLIENT", "SINCE", "STATE"}};
  const auto& all = list_of(reply, "sessions");
  for (const auto& one : all)
    table.add({member_text(one, "id"), member_text(one, "protocol"), member_text(one, "login"),
               member_text(one, "domain"), member_text(one, "backend"),
               member_text(one, "client"), member_text(one, "since"),
               member_text(one, "state")});
  return table.text() + counted(static_cast<std::int64_t>(all.size()), "session") + '\n';
}

} // namespace stellwerk::cli
