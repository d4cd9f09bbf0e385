#include "actors/cutover/gate_keeper.hpp"
#include "actors/provisioning/provisioned_report.hpp"

// The gate `passwords`: for how many accounts the new server could know the password.
namespace stellwerk {
namespace {

std::string text_of(const provisioned_count& found) {
  auto text = std::to_string(found.known) + " of " + std::to_string(found.accounts)
              + (found.accounts == 1 ? " account" : " accounts");
  std::size_t told = 0;
  for (const auto& login : found.missing)
    text += (told++ == 0 ? "; not " : ", ") + login;
  return text + (found.accounts - found.known > told ? ", ..." : "");
}

} // namespace

gate_result gate_keeper::passwords(const standing& now, const std::string& domain) const {
  const auto required = now.now->settings().provisioning.required;
  gate_result result{"passwords",
                     false,
                     {},
                     "the password of at least " + std::to_string(required)
                         + " % of the accounts is in provisioning.file"};
  const auto report
      = report_provisioned(surroundings_->passwords.get(), *now.now->current.accounts);
  if (!report) {
    result.value = "none is kept before the next start, which takes provisioning.file over";
    return result;
  }
  const auto found = report->of(domain);
  result.ok = found.reaches(required);
  result.value = found.accounts == 0 ? "no account of it is listed, so nothing can be counted"
                                     : text_of(found);
  return result;
}

} // namespace stellwerk
