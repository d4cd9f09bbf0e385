#include "actors/tls/material.hpp"

#include "actors/tls/server_context.hpp"
#include "config/backend_weakness.hpp"
#include "config/regular_file.hpp"
#include "protocol/base/secret.hpp"

#include <optional>
#include <stdexcept>

namespace stellwerk::tls {

namespace {

constexpr std::uintmax_t max_file_octets = 4 * mebibyte;

file_octets read_whole(const std::filesystem::path& path) {
  auto read = read_regular_file(path, max_file_octets);
  if (!read.problem.empty())
    read.problem = path.string() + ' ' + read.problem;
  return read;
}

struct reporter {
  const std::string& file;
  diagnostics& out;

  void operator()(position where, std::string key, std::string what,
                  severity weight = severity::problem) const {
    out.push_back({file, where, std::move(key), std::move(what), weight});
  }
};

std::string day_of(time_point when) {
  const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(when)};
  const auto two = [](unsigned number) {
    return std::string(number < 10 ? 1 : 0, '0') + std::to_string(number);
  };
  return std::to_string(int{day.year()}) + '-' + two(unsigned{day.month()}) + '-'
         + two(unsigned{day.day()});
}

/// `key` is the entry's own, as in `certificates[0]`.
void warn_of_dates(const certificate& one, const std::string& key,
                   const certificate_settings& from, time_point now, const reporter& report) {
  const std::string name = one.names.empty() ? "the certificate" : one.names.front();
  if (one.expired(now))
    report(from.where, key + ".chain", name + " has expired on " + day_of(one.not_after),
           severity::warning);
  else if (one.retired(now))
    report(from.where, key + ".until", name + " is retired since " + day_of(one.ends()),
           severity::warning);
  else if (now < one.not_before)
    report(from.where, key + ".chain", name + " is not valid before " + day_of(one.not_before),
           severity::warning);
}

/// Whoever may read a key is the host to every client. A group may read it: that is how keys
/// are shared with services on Debian (ssl-cert).
void warn_of_mode(const std::filesystem::path& path, const std::string& key, position where,
                  const reporter& report) {
  using std::filesystem::perms;
  std::error_code problem;
  const auto mode = std::filesystem::status(path, problem).permissions();
  if (problem)
    return; // Then it can't be read either, which is said.
  if ((mode & perms::others_read) != perms::none)
    report(where, key, path.string() + " can be read by every user, set its mode to 0600",
           severity::warning);
  if ((mode & (perms::others_write | perms::group_write)) != perms::none)
    report(where, key, path.string() + " can be changed by others, set its mode to 0600",
           severity::warning);
}

/// Chain and key of one pair; without a context if there are problems.
loaded_certificate open_pair(const std::string& key_path, const key_pair_files& from,
                             position where, time_point now, const reporter& report) {
  if (from.chain.empty() || from.key.empty())
    return {}; // The loader has said that it is missing.
  const auto chain = read_whole(from.chain);
  auto key = read_whole(from.key);
  if (!chain.problem.empty())
    report(where, key_path + ".chain", chain.problem);
  if (!key.problem.empty())
    report(where, key_path + ".key", key.problem);
  if (!chain.problem.empty() || !key.problem.empty()) {
    wipe(key.octets);
    return {};
  }
  auto loaded = load_certificate(chain.octets, key.octets, now);
  wipe(key.octets);
  const auto& blamed = loaded.problem_is_key ? from.key : from.chain;
  if (!loaded.context)
    report(where, key_path + (loaded.problem_is_key ? ".key" : ".chain"),
           blamed.string() + ": " + loaded.problem);
  for (const auto& warning : loaded.warnings)
    report(where, key_path + ".chain", from.chain.string() + ": " + warning, severity::warning);
  warn_of_mode(from.key, key_path + ".key", where, report);
  return loaded;
}

/// A response that can't be stapled is no reason to do without the certificate.
std::shared_ptr<const ocsp_staple> open_staple(const std::string& key_path,
                                               const certificate_settings& from,
                                               const SSL_CTX* context, time_point now,
                                               const reporter& report) {
  if (from.ocsp.empty())
    return nullptr;
  const auto file = read_whole(from.ocsp);
  auto loaded = file.problem.empty() ? load_staple(file.octets, context, now)
                                     : loaded_staple{std::nullopt, {}};
  if (loaded.staple)
    return std::make_shared<const ocsp_staple>(std::move(*loaded.staple));
  report(from.where, key_path + ".ocsp",
         (file.problem.empty() ? from.ocsp.string() + ": " + loaded.problem : file.problem)
             + "; nothing is stapled",
         severity::warning);
  return nullptr;
}

std::shared_ptr<const certificate> open_certificate(const std::string& key_path,
                                                    const certificate_settings& from,
                                                    time_point now, const reporter& report) {
  auto loaded = open_pair(key_path, from, from.where, now, report);
  if (!loaded.context)
    return nullptr;
  auto made = std::make_shared<certificate>();
  static_cast<certificate_facts&>(*made) = std::move(loaded.facts);
  made->legacy = from.legacy;
  if (from.until)
    made->until = *from.until;
  made->context = std::move(loaded.context);
  made->key_kind = EVP_PKEY_get_base_id(key_pair_in(made->context.get()).key);
  made->staple = open_staple(key_path, from, made->context.get(), now, report);
  if (made->staple)
    staple_for(made->context.get());
  return made;
}

int openssl_version(tls_version version) {
  switch (version) {
    case tls_version::tls_1_0:
      return TLS1_VERSION;
    case tls_version::tls_1_1:
      return TLS1_1_VERSION;
    case tls_version::tls_1_2:
      return TLS1_2_VERSION;
    case tls_version::tls_1_3:
      break;
  }
  return TLS1_3_VERSION;
}

backend_options options_of(const backend_service& service) {
  backend_options options;
  options.trust = service.verify == peer_verification::full  ? backend_trust::full
                  : service.verify == peer_verification::pin ? backend_trust::pin
                                                             : backend_trust::none;
  options.host = service.name.empty() ? service.address.host : service.name;
  options.ca_file = service.ca.string();
  options.pin = service.pin.value_or(key_pin{});
  options.min_version = openssl_version(service.tls_min);
  options.ciphers = service.ciphers;
  options.security_level = static_cast<int>(security_level_of(service));
  return options;
}

void open_backend(const std::string& name, mail_protocol protocol,
                  const std::optional<backend_service>& service, material& into, time_point now,
                  const reporter& report) {
  if (!service || service->tls == backend_tls::none)
    return;
  const auto key = "backends." + name + "." + std::string{text_of(protocol)};
  if (service->verify == peer_verification::full && !service->ca.empty())
    if (const auto text = read_whole(service->ca); !text.problem.empty()) {
      report(service->where, key + ".ca", text.problem);
      return;
    }
  auto options = options_of(*service);
  loaded_certificate us;
  if (service->certificate) {
    us = open_pair(key + ".certificate", *service->certificate, service->where, now, report);
    if (!us.context)
      return;
    options.identity = us.context.get();
  }
  try {
    into.backends[{name, protocol}] = std::make_shared<const backend_context>(options);
  } catch (const backend_fault& fault) {
    report(service->where, key + (fault.key().empty() ? "" : '.' + fault.key()),
           (fault.key() == "ca" ? service->ca.string() + ": " : "") + fault.what());
  }
}

} // namespace

std::shared_ptr<const backend_context> material::backend(std::string_view name,
                                                         mail_protocol protocol) const {
  const auto found = backends.find({std::string{name}, protocol});
  return found != backends.end() ? found->second : nullptr;
}

material load_material(const configuration& settings, const std::string& file, time_point now,
                       diagnostics& out) {
  const reporter report{file, out};
  material made;
  std::vector<std::shared_ptr<const certificate>> list;
  bool complete = true;
  for (std::size_t i = 0; i < settings.certificates.size(); ++i) {
    const auto& from = settings.certificates[i];
    const auto key = "certificates[" + std::to_string(i) + ']';
    auto one = open_certificate(key, from, now, report);
    complete = complete && one;
    if (!one)
      continue;
    warn_of_dates(*one, key, from, now, report);
    list.push_back(std::move(one));
  }
  made.certificates = std::make_shared<const server_certificates>(std::move(list));
  for (std::size_t i = 0; i < settings.listeners.size(); ++i)
    if (const auto& listener = settings.listeners[i];
        complete && !listener.certificate.empty()
        && !made.certificates->knows(listener.certificate))
      report(listener.where, "listeners[" + std::to_string(i) + "].certificate",
             "no certificate has the name " + in_quotes(listener.certificate));
  for (const auto protocol : all_protocols) {
    open_backend("old", protocol, settings.backends.on_old.service(protocol), made, now,
                 report);
    open_backend("new", protocol, settings.backends.on_new.service(protocol), made, now,
                 report);
  }
  open_backend("queue", mail_protocol::smtp, settings.backends.queue_smtp, made, now, report);
  return made;
}

} // namespace stellwerk::tls
