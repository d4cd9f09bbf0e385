#include "protocol/logs/mail_log_reader.hpp"

#include "protocol/logs/mail_log_line.hpp"

#include <algorithm>
#include <utility>

namespace stellwerk::logs {
namespace {

constexpr std::size_t longest_host = 255;
constexpr std::size_t longest_service = 64;
constexpr std::size_t longest_sender = 320; // RFC 5321 section 4.5.3.1 allows 254.

std::string cut(std::string_view text, std::size_t most) {
  return std::string{text.substr(0, most)};
}

/// Queue ids are unique on their host.
std::string key_of(const mail_log_line& line, const postfix_record& record) {
  return cut(line.host, longest_host) + ' ' + std::string{record.queue_id};
}

} // namespace

mail_log_reader::mail_log_reader(time_point now, time_zone local)
    : now_{now}, local_{std::move(local)} {}

void mail_log_reader::begin_file() {
  held_.clear();
  is_too_long_ = false;
  held_octets_ = 0;
  octets_ = 0;
}

std::optional<mail_event> mail_log_reader::take(std::string_view& input) {
  while (!input.empty()) {
    const auto end = input.find('\n');
    const auto piece = input.substr(0, end);
    const bool is_whole = end != std::string_view::npos;
    input.remove_prefix(piece.size() + (is_whole ? 1 : 0));
    held_octets_ += piece.size();
    is_too_long_ = is_too_long_ || held_octets_ > longest_line;
    if (is_too_long_)
      held_.clear();
    else
      held_ += piece;
    if (!is_whole)
      break;
    ++lines_;
    octets_ += std::exchange(held_octets_, 0) + 1;
    const auto line = std::exchange(held_, {});
    if (std::exchange(is_too_long_, false))
      ++unreadable_;
    else if (auto event = on_line(line))
      return event;
  }
  return std::nullopt;
}

std::optional<mail_event> mail_log_reader::on_line(std::string_view text) {
  if (text.ends_with('\r'))
    text.remove_suffix(1);
  if (text.empty())
    return std::nullopt;
  const auto line = cut_mail_log_line(text);
  if (!line) {
    ++unreadable_;
    return std::nullopt;
  }
  if (const auto service = parse_login_service(line->service))
    return on_login(*line, *service);
  return on_message(*line);
}

std::optional<mail_event> mail_log_reader::on_login(const mail_log_line& line,
                                                    login_service service) {
  dovecot_login read;
  const auto meaning = read_dovecot_login(service, line.message, read);
  if (meaning == line_meaning::nothing)
    return std::nullopt;
  if (meaning == line_meaning::broken || read.login.size() > longest_login) {
    ++unreadable_;
    return std::nullopt;
  }
  return at_time(line, {.service = std::string{line.service},
                        .accepted = read.accepted,
                        .by_pop3 = service == login_service::pop3,
                        .without_tls = read.without_tls,
                        .login = std::string{read.login},
                        .client = std::string{read.client}});
}

std::optional<mail_event> mail_log_reader::on_message(const mail_log_line& line) {
  postfix_record read;
  const auto meaning = read_postfix_record(line.service, line.message, read);
  if (meaning == line_meaning::nothing)
    return std::nullopt;
  if (meaning == line_meaning::broken || read.login.size() > longest_login) {
    ++unreadable_;
    return std::nullopt;
  }
  const auto key = key_of(line, read);
  auto from = waiting_.take(key);
  if (read.what == postfix_record::stage::received && !read.login.empty()) {
    mail_event event{.service = cut(line.service, longest_service),
                     .accepted = true,
                     .on_port_25 = is_plain_smtpd(line.service),
                     .login = std::string{read.login},
                     .client = std::string{read.client}};
    if (!read.queue_id.empty())
      waiting_.add(key, {event.service, event.login, event.client});
    return at_time(line, std::move(event));
  }
  if (!from || read.what != postfix_record::stage::queued)
    return std::nullopt;
  if (read.sender.size() > longest_sender) {
    ++unreadable_;
    return std::nullopt;
  }
  return at_time(line, {.what = mail_event::kind::message,
                        .service = std::move(from->service),
                        .accepted = true,
                        .login = std::move(from->login),
                        .client = std::move(from->client),
                        .sender = std::string{read.sender}});
}

std::optional<mail_event> mail_log_reader::at_time(const mail_log_line& line,
                                                   mail_event event) {
  const auto moment = moment_of(line.when, now_, local_);
  if (!moment) {
    ++unreadable_;
    return std::nullopt;
  }
  event.when = *moment;
  return event;
}

} // namespace stellwerk::logs
