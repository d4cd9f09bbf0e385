#include "protocol/logs/postfix_record.hpp"

#include "protocol/base/cursor.hpp"
#include "protocol/base/ip_address.hpp"

#include <algorithm>

namespace stellwerk::logs {
namespace {

constexpr std::string_view no_queue = "NOQUEUE";
constexpr std::size_t longest_queue_id = 32;

bool is_queue_id(std::string_view id) {
  return id.size() >= 5 && id.size() <= longest_queue_id
         && std::all_of(id.begin(), id.end(),
                        [](char c) { return is_alpha(c) || is_digit(c); });
}

/// What smtpd adds behind the name, at the client's word or another server's.
std::string_view without_additions(std::string_view name) {
  auto end = name.size();
  for (const std::string_view word : {", sasl_sender=", ", orig_queue_id=", ", orig_client="})
    end = std::min(end, name.find(word));
  return name.substr(0, end);
}

line_meaning read_received(std::string_view rest, postfix_record& into) {
  cursor at{rest};
  static_cast<void>(at.take_until('['));
  if (!at.take('['))
    return line_meaning::broken;
  const auto client = at.take_until(']');
  if (!at.take(']'))
    return line_meaning::broken;
  if (parse_ip_address(client))
    into.client = client;
  if (!at.take_ignoring_case(", sasl_method="))
    return line_meaning::event;
  static_cast<void>(at.take_until(','));
  if (!at.take_ignoring_case(", sasl_username="))
    return line_meaning::broken;
  into.login = without_additions(at.rest());
  return into.login.empty() ? line_meaning::broken : line_meaning::event;
}

} // namespace

bool is_plain_smtpd(std::string_view service) {
  return std::count(service.begin(), service.end(), '/') == 1 && service.ends_with("/smtpd");
}

line_meaning read_postfix_record(std::string_view service, std::string_view message,
                                 postfix_record& into) {
  into = {};
  const bool is_smtpd = service.ends_with("/smtpd");
  if (!service.starts_with("postfix") || (!is_smtpd && !service.ends_with("/qmgr")))
    return line_meaning::nothing;
  const auto id = message.substr(0, message.find(": "));
  const bool has_queue = id != no_queue;
  if (id.size() == message.size() || (has_queue && !is_queue_id(id)))
    return line_meaning::nothing;
  if (has_queue)
    into.queue_id = id;
  auto rest = message.substr(id.size() + 2);
  constexpr std::string_view client = "client=";
  constexpr std::string_view from = "from=<";
  if (is_smtpd) {
    if (!rest.starts_with(client))
      return line_meaning::nothing;
    return read_received(rest.substr(client.size()), into);
  }
  if (rest == "removed") {
    into.what = postfix_record::stage::removed;
    return line_meaning::event;
  }
  if (!rest.starts_with(from))
    return line_meaning::nothing;
  rest.remove_prefix(from.size());
  const auto end = rest.rfind(">, size=");
  if (end == std::string_view::npos)
    return line_meaning::nothing; // It is given up.
  into.what = postfix_record::stage::queued;
  into.sender = rest.substr(0, end);
  return line_meaning::event;
}

} // namespace stellwerk::logs
