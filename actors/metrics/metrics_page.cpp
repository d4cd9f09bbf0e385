#include "actors/metrics/metrics_page.hpp"

#include "actors/metrics/exposition.hpp"
#include "actors/tls/server_certificates.hpp"

#include <algorithm>
#include <map>

namespace stellwerk::metrics {
namespace {

using kind = exposition::kind;

void put_listeners(exposition& page, const counts& counted) {
  const auto listeners = counted.listeners();
  page.family("stellwerk_sessions_active", kind::gauge,
              "Open sessions by the backend their connection leads to.");
  for (const auto* one : listeners)
    for (const auto where : {place::none, place::on_old, place::on_new})
      page.sample({{"listener", one->name}, {"backend", text_of(where)}},
                  one->sessions[where].value());
  page.family("stellwerk_logins_parked", kind::gauge,
              "Logins that wait until their domain has moved.");
  for (const auto* one : listeners)
    page.sample({{"listener", one->name}}, one->parked.value());
  const auto simple
      = [&](std::string_view name, std::string_view help, counter listener_counts::*which) {
          page.family(name, kind::counter, help);
          for (const auto* one : listeners)
            page.sample({{"listener", one->name}}, (one->*which).value());
        };
  simple("stellwerk_connections_total", "Connections accepted.", &listener_counts::connections);
  simple("stellwerk_connections_refused_total", "Connections turned away by a limit.",
         &listener_counts::refused);
  simple("stellwerk_tls_failures_total", "TLS handshakes with clients that failed.",
         &listener_counts::tls_failures);
  page.family("stellwerk_logins_total", kind::counter,
              "Logins; refused: wrong, unavailable: told to try again.");
  for (const auto* one : listeners)
    for (const auto came : all_login_outcomes)
      page.sample({{"listener", one->name}, {"outcome", text_of(came)}},
                  one->logins[came].value());
  simple("stellwerk_logins_delayed_total",
         "Refused logins that waited longer, for failures of their address, network or login.",
         &listener_counts::delayed);
}

/// Each of them is there, also without any, so that an alarm can wait for the last client.
void put_ended_services(exposition& page, const world& now,
                        const occurrence_ledger::entries& refusals) {
  page.family("stellwerk_ended_service_connections_total", kind::counter,
              "Connections to a listener with `tls: refuse`.");
  for (const auto& one : now.settings().listeners) {
    if (one.tls != listener_tls::refuse)
      continue;
    const auto address = text_of(one.address);
    const auto found = refusals.find(address);
    page.sample({{"protocol", text_of(one.protocol)}, {"address", address}},
                found == refusals.end() ? 0 : found->second.count);
  }
}

void put_histogram(exposition& page, std::string_view backend, const histogram& taken) {
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i < histogram::bounds_ms.size(); ++i) {
    so_far += taken.in_bucket(i);
    page.part("_bucket", {{"backend", backend}, {"le", thousandths(histogram::bounds_ms[i])}},
              std::to_string(so_far));
  }
  so_far += taken.in_bucket(histogram::bounds_ms.size());
  const auto all = std::to_string(so_far);
  page.part("_bucket", {{"backend", backend}, {"le", "+Inf"}}, all);
  const auto milliseconds = static_cast<std::uint64_t>(taken.sum().count()) / 1000;
  page.part("_sum", {{"backend", backend}}, thousandths(milliseconds));
  page.part("_count", {{"backend", backend}}, all);
}

void put_backends(exposition& page, const counts& counted, const standing& now) {
  constexpr std::array places{place::on_old, place::on_new, place::queue};
  page.family("stellwerk_transactions_total", kind::counter,
              "Messages whose content was answered, by what the client was told.");
  for (const auto where : places)
    for (const auto came : all_transaction_outcomes)
      page.sample({{"backend", text_of(where)}, {"outcome", text_of(came)}},
                  counted.backend(where).transactions[came].value());
  page.family("stellwerk_backend_failures_total", kind::counter,
              "Calls of sessions to a backend that failed.");
  for (const auto where : places)
    page.sample({{"backend", text_of(where)}}, counted.backend(where).failures.value());
  page.family("stellwerk_backend_connect_seconds", kind::histogram,
              "Until a session's connection to a backend was ready.");
  for (const auto where : places)
    put_histogram(page, text_of(where), counted.backend(where).connect);
  page.family("stellwerk_backend_healthy", kind::gauge,
              "1 if the last call to the service succeeded.");
  for (const auto where : {side::on_old, side::on_new})
    for (const auto protocol : all_protocols)
      if (const auto healthy = now.facts->at(where, protocol).healthy;
          healthy && now.now->backend(where).service(protocol))
        page.sample({{"backend", text_of(where)}, {"protocol", text_of(protocol)}},
                    std::uint64_t{*healthy});
}

void put_certificates(exposition& page, const tls::server_certificates& table,
                      std::chrono::system_clock::time_point when) {
  std::map<std::string, std::int64_t> days; // Of several with one name the one that ends first.
  for (const auto& one : table.list()) {
    if (one->names.empty())
      continue;
    const auto left = one->days_left(when);
    const auto [at, is_new] = days.emplace(one->names.front(), left);
    at->second = std::min(at->second, left);
  }
  page.family("stellwerk_certificate_days_left", kind::gauge,
              "Whole days until the certificate's names end; below 0 once they have.");
  for (const auto& [name, left] : days)
    page.sample({{"name", name}}, left);
}

} // namespace

std::string metrics_page(const counts& counted, const standing& now,
                         const occurrence_ledger::entries& refusals,
                         std::optional<std::size_t> provisioned,
                         std::chrono::system_clock::time_point when) {
  exposition page;
  page.family("stellwerk_build_info", kind::gauge, "Always 1; the version is its label.");
  page.sample({{"version", STELLWERK_VERSION}}, std::uint64_t{1});
  page.family("stellwerk_epoch", kind::gauge, "Grows with every accepted change.");
  page.sample({}, now.now->epoch());
  put_listeners(page, counted);
  put_ended_services(page, *now.now, refusals);
  put_backends(page, counted, now);
  put_certificates(page, *now.now->tls.certificates, when);
  if (provisioned) {
    page.family("stellwerk_passwords_provisioned", kind::gauge,
                "Logins with a password in the passwd-file for the new server.");
    page.sample({}, std::uint64_t{*provisioned});
  }
  return page.take();
}

} // namespace stellwerk::metrics
