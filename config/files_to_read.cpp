#include "config/files_to_read.hpp"

namespace stellwerk {
namespace {

void add_pair(const std::string& key, const key_pair_files& pair, position where,
              std::vector<named_file>& into) {
  into.push_back({pair.chain, key + ".chain", where});
  into.push_back({pair.key, key + ".key", where});
}

void add_service(const std::string& key, const std::optional<backend_service>& service,
                 std::vector<named_file>& into) {
  if (!service)
    return;
  into.push_back({service->ca, key + ".ca", service->where});
  if (service->certificate)
    add_pair(key + ".certificate", *service->certificate, service->where, into);
}

void add_backend(const std::string& name, const backend_settings& backend,
                 std::vector<named_file>& into) {
  const auto key = "backends." + name + '.';
  for (const auto protocol : all_protocols)
    add_service(key + std::string{text_of(protocol)}, backend.service(protocol), into);
  into.push_back({backend.master_password_file, key + "login.password_file", {}});
}

void add_accounts(const account_sources& sources, std::vector<named_file>& into) {
  into.push_back({sources.csv, "accounts.csv", {}});
  if (sources.sqlite)
    into.push_back({sources.sqlite->file, "accounts.sqlite", {}});
  if (sources.postgresql)
    into.push_back(
        {sources.postgresql->password_file, "accounts.postgresql.password_file", {}});
  if (sources.ldap) {
    into.push_back({sources.ldap->ca, "accounts.ldap.ca", {}});
    into.push_back({sources.ldap->password_file, "accounts.ldap.password_file", {}});
  }
}

} // namespace

std::vector<named_file> files_to_read(const configuration& settings) {
  std::vector<named_file> files{{settings.file, "", {}}};
  for (std::size_t i = 0; i < settings.certificates.size(); ++i) {
    const auto& one = settings.certificates[i];
    const auto key = "certificates[" + std::to_string(i) + ']';
    add_pair(key, one, one.where, files);
    files.push_back({one.ocsp, key + ".ocsp", one.where});
  }
  add_backend("old", settings.backends.on_old, files);
  add_backend("new", settings.backends.on_new, files);
  add_service("backends.queue.smtp", settings.backends.queue_smtp, files);
  files.push_back({settings.routes, "routes", {}});
  add_accounts(settings.accounts, files);
  files.push_back(
      {settings.provisioning.file, "provisioning.file", settings.provisioning.where});
  std::erase_if(files, [](const named_file& one) { return one.path.empty(); });
  return files;
}

} // namespace stellwerk
