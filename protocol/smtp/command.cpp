#include "protocol/smtp/command.hpp"

#include "protocol/smtp/characters.hpp"
#include "protocol/smtp/parameter.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace stellwerk::smtp {
namespace {

using value_type = std::optional<std::string_view>;

/// What a parameter does to a command; false: it cannot have this value.
template <class Command> struct parameter_row {
  std::string_view keyword;
  bool (*set)(Command&, value_type);
};

constexpr std::array<parameter_row<mail_command>, 6> mail_parameters{{
    {"SIZE",
     [](mail_command& mail, value_type value) {
       mail.size = value ? parse_size(*value) : std::nullopt;
       return mail.size.has_value();
     }},
    {"BODY",
     [](mail_command& mail, value_type value) {
       if (!value)
         return false;
       if (equals_ignoring_case(*value, "7BIT"))
         mail.body = body_type::seven_bit;
       else if (equals_ignoring_case(*value, "8BITMIME"))
         mail.body = body_type::eight_bit_mime;
       else if (equals_ignoring_case(*value, "BINARYMIME"))
         mail.body = body_type::binary_mime;
       return mail.body.has_value();
     }},
    {"SMTPUTF8",
     [](mail_command& mail, value_type value) {
       mail.smtputf8 = true;
       return !value;
     }},
    {"AUTH",
     [](mail_command& mail, value_type value) {
       mail.auth = value.value_or("");
       return value && is_xtext(*value);
     }},
    {"RET",
     [](mail_command& mail, value_type value) {
       if (!value)
         return false;
       if (equals_ignoring_case(*value, "FULL"))
         mail.ret = returned_content::full;
       else if (equals_ignoring_case(*value, "HDRS"))
         mail.ret = returned_content::headers;
       return mail.ret.has_value();
     }},
    {"ENVID",
     [](mail_command& mail, value_type value) {
       constexpr std::size_t max_octets = 100; // RFC 3461 section 4.4
       mail.envid = value.value_or("");
       return value && value->size() <= max_octets && is_xtext(*value);
     }},
}};

constexpr std::array<parameter_row<rcpt_command>, 2> rcpt_parameters{{
    {"NOTIFY",
     [](rcpt_command& rcpt, value_type value) {
       rcpt.notify = to_upper(value.value_or(""));
       return value && is_notify_value(*value);
     }},
    {"ORCPT",
     [](rcpt_command& rcpt, value_type value) {
       constexpr std::size_t max_octets = 500; // RFC 3461 section 4.2
       rcpt.orcpt = value.value_or("");
       return value && value->size() <= max_octets && is_orcpt_value(*value);
     }},
}};

// *( SP esmtp-param ), to the end of the line
template <class Command, std::size_t Count>
std::optional<command_fault>
read_parameters(cursor& at, Command& command,
                const std::array<parameter_row<Command>, Count>& rows) {
  std::array<bool, Count> seen{};
  while (!at.at_end()) {
    const auto parameter = take_parameter(at);
    if (!parameter)
      return command_fault::syntax;
    std::size_t i = 0;
    while (i < Count && !equals_ignoring_case(rows[i].keyword, parameter->keyword))
      ++i;
    if (i == Count)
      return command_fault::unknown_parameter;
    if (std::exchange(seen[i], true) || !rows[i].set(command, parameter->value))
      return command_fault::bad_parameter;
  }
  return std::nullopt;
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

} // namespace

command_line split_command(std::string_view line) {
  while (!line.empty() && is_blank(line.back()))
    line.remove_suffix(1);
  cursor at{line};
  at.take_while(is_blank);
  const auto verb = at.take_while([](char c) { return !is_blank(c); });
  at.take_while(is_blank);
  return {verb, at.rest()};
}

std::variant<mail_command, command_fault> parse_mail(std::string_view arguments) {
  cursor at{arguments};
  if (!at.take_ignoring_case("FROM:"))
    return command_fault::syntax;
  at.take_while(is_blank);
  auto from = take_reverse_path(at);
  if (!from)
    return command_fault::path;
  mail_command mail{.from = *std::move(from)};
  if (const auto fault = read_parameters(at, mail, mail_parameters))
    return *fault;
  if (mail.from && needs_smtputf8(*mail.from) && !mail.smtputf8)
    return command_fault::smtputf8_needed;
  return mail;
}

std::variant<rcpt_command, command_fault> parse_rcpt(std::string_view arguments,
                                                     bool smtputf8) {
  cursor at{arguments};
  if (!at.take_ignoring_case("TO:"))
    return command_fault::syntax;
  at.take_while(is_blank);
  auto to = take_forward_path(at);
  if (!to)
    return command_fault::path;
  rcpt_command rcpt{.to = *std::move(to)};
  if (const auto fault = read_parameters(at, rcpt, rcpt_parameters))
    return *fault;
  const bool foreign_orcpt = rcpt.orcpt && has_octet_beyond_ascii(*rcpt.orcpt);
  if (!smtputf8 && (needs_smtputf8(rcpt.to) || foreign_orcpt))
    return command_fault::smtputf8_needed;
  if (!rcpt.to.domain_key())
    return command_fault::domain_without_form;
  return rcpt;
}

std::optional<bdat_command> parse_bdat(std::string_view arguments) {
  const auto [size, mark] = split_command(arguments);
  bdat_command command{0, !mark.empty()};
  const auto* const end = size.data() + size.size();
  const auto read = std::from_chars(size.data(), end, command.octets);
  if (size.empty() || read.ec != std::errc{} || read.ptr != end
      || (command.is_last && !equals_ignoring_case(mark, "LAST")))
    return std::nullopt;
  return command;
}

std::string clean_helo_name(std::string_view arguments) {
  constexpr std::size_t max_octets = 255;
  std::string name{cursor{arguments}.take_while([](char c) { return !is_blank(c); })};
  name.resize(std::min(name.size(), max_octets));
  for (char& c : name)
    if (!is_alpha(c) && !is_digit(c)
        && std::string_view{".-_:[]"}.find(c) == std::string_view::npos)
      c = '?';
  return name;
}

} // namespace stellwerk::smtp
