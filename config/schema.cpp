#include "config/schema.hpp"

namespace stellwerk {

std::string text_of(const endpoint& value) {
  const bool six = value.host.find(':') != std::string::npos;
  return (six ? '[' + value.host + ']' : value.host) + ':' + std::to_string(value.port);
}

std::string_view text_of(mail_protocol value) {
  switch (value) {
    case mail_protocol::imap:
      return "imap";
    case mail_protocol::pop3:
      return "pop3";
    case mail_protocol::submission:
      return "submission";
    case mail_protocol::smtp:
      return "smtp";
    case mail_protocol::sieve:
      return "sieve";
  }
  return "";
}

std::string_view text_of(listener_tls value) {
  switch (value) {
    case listener_tls::implicit:
      return "implicit";
    case listener_tls::starttls:
      return "starttls";
    case listener_tls::refuse:
      return "refuse";
  }
  return "";
}

std::string_view text_of(backend_tls value) {
  switch (value) {
    case backend_tls::implicit:
      return "implicit";
    case backend_tls::starttls:
      return "starttls";
    case backend_tls::none:
      return "none";
  }
  return "";
}

std::string_view text_of(tls_version value) {
  switch (value) {
    case tls_version::tls_1_0:
      return "1.0";
    case tls_version::tls_1_1:
      return "1.1";
    case tls_version::tls_1_2:
      return "1.2";
    case tls_version::tls_1_3:
      return "1.3";
  }
  return "";
}

std::string_view text_of(peer_verification value) {
  switch (value) {
    case peer_verification::full:
      return "full";
    case peer_verification::pin:
      return "pin";
    case peer_verification::none:
      return "none";
  }
  return "";
}

std::string_view text_of(client_address_mode value) {
  switch (value) {
    case client_address_mode::none:
      return "none";
    case client_address_mode::xclient:
      return "xclient";
    case client_address_mode::proxy_v2:
      return "proxy_v2";
    case client_address_mode::id:
      return "id";
  }
  return "";
}

std::string_view text_of(policy_name value) {
  switch (value) {
    case policy_name::login_case:
      return "login_case";
    case policy_name::sender_binding:
      return "sender_binding";
    case policy_name::delivery_tls:
      break;
  }
  return "delivery_tls";
}

std::string name_of(const exception_settings& one) {
  return std::string{text_of(one.policy)} + '\n' + one.login + '\n' + one.address_text + '\n'
         + one.network_text;
}

const std::optional<backend_service>& backend_settings::service(mail_protocol protocol) const {
  switch (protocol) {
    case mail_protocol::imap:
      return imap;
    case mail_protocol::pop3:
      return pop3;
    case mail_protocol::submission:
      return submission;
    case mail_protocol::smtp:
      return smtp;
    case mail_protocol::sieve:
      break;
  }
  return sieve;
}

} // namespace stellwerk
