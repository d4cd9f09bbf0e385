#include "actors/tls/certificate.hpp"

#include "actors/tls/server_name.hpp"
#include "protocol/base/ascii.hpp"
#include "protocol/base/domain_name.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <climits>

namespace stellwerk::tls {

namespace {

using general_names_ptr = std::unique_ptr<GENERAL_NAMES, free_with<GENERAL_NAMES_free>>;

bio_ptr reader_of(std::string_view octets) {
  if (octets.size() > INT_MAX)
    return nullptr;
  return bio_ptr{BIO_new_mem_buf(octets.data(), static_cast<int>(octets.size()))};
}

/// As `domain_key` writes it, which a CN with U-labels needs; what is none only in lower case.
std::string name_key(std::string_view written) {
  const std::string_view wildcard = written.starts_with("*.") ? "*." : "";
  if (auto key = domain_key(written.substr(wildcard.size())))
    return std::string{wildcard} + *key;
  return to_lower(written);
}

// A name with NUL in it is a trick (CVE-2009-2408), and no host has an empty one.
void add_name(std::vector<std::string>& names, const ASN1_STRING* text) {
  unsigned char* utf8 = nullptr;
  const int length = ASN1_STRING_to_UTF8(&utf8, text);
  if (length <= 0)
    return;
  const auto* octets = reinterpret_cast<const char*>(utf8);
  std::string name = name_key({octets, static_cast<std::size_t>(length)});
  OPENSSL_free(utf8);
  if (name.find('\0') == std::string::npos
      && std::find(names.begin(), names.end(), name) == names.end())
    names.push_back(std::move(name));
}

std::vector<std::string> names_of(X509* leaf) {
  std::vector<std::string> names;
  const general_names_ptr alternatives{static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(leaf, NID_subject_alt_name, nullptr, nullptr))};
  for (int i = 0; i < sk_GENERAL_NAME_num(alternatives.get()); ++i)
    if (const auto* one = sk_GENERAL_NAME_value(alternatives.get(), i); one->type == GEN_DNS)
      add_name(names, one->d.dNSName);
  if (!names.empty())
    return names;
  const X509_NAME* subject = X509_get_subject_name(leaf);
  for (int at = -1; (at = X509_NAME_get_index_by_NID(subject, NID_commonName, at)) >= 0;)
    add_name(names, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
  return names;
}

std::string subject_of(X509* one) {
  const bio_ptr out{BIO_new(BIO_s_mem())};
  X509_NAME_print_ex(out.get(), X509_get_subject_name(one), 0,
                     XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
  std::string text(BIO_ctrl_pending(out.get()), '\0');
  BIO_read(out.get(), text.data(), static_cast<int>(text.size()));
  return text;
}

/// Each certificate must be signed by the next, or clients that don't search find no way up.
std::vector<std::string> chain_warnings(const key_pair_view& pair, time_point now) {
  std::vector<std::string> warnings;
  X509* below = pair.leaf;
  for (int i = 0; i < sk_X509_num(pair.chain); ++i) {
    X509* above = sk_X509_value(pair.chain, i);
    if (X509_check_issued(above, below) != X509_V_OK)
      warnings.push_back("the chain is not in order: " + subject_of(below)
                         + " is not signed by what follows it, " + subject_of(above));
    if (now >= to_time_point(X509_get0_notAfter(above)))
      warnings.push_back("the chain holds a certificate that has expired: "
                         + subject_of(above));
    below = above;
  }
  ERR_clear_error();
  return warnings;
}

/// No passphrases: the proxy starts without a person, and asking the terminal would hang it.
int no_passphrase(char*, int, int, void*) { return -1; }

} // namespace

std::string_view certificate_facts::name_for(std::string_view host) const {
  std::string_view found;
  for (const std::string_view name : names)
    if (name_matches(name, host) && (found.empty() || equals_ignoring_case(name, host)))
      found = name;
  return found;
}

key_pair_view key_pair_in(const SSL_CTX* context) {
  key_pair_view seen{SSL_CTX_get0_certificate(context), SSL_CTX_get0_privatekey(context)};
  // The context is only read, but OpenSSL's way to ask does not say so.
  SSL_CTX_ctrl(const_cast<SSL_CTX*>(context), SSL_CTRL_GET_CHAIN_CERTS, 0, &seen.chain);
  return seen;
}

certificate_facts read_facts(X509* leaf) {
  certificate_facts facts;
  facts.names = names_of(leaf);
  facts.not_before = to_time_point(X509_get0_notBefore(leaf));
  facts.not_after = to_time_point(X509_get0_notAfter(leaf));
  return facts;
}

ssl_ctx_ptr new_server_ctx() {
  // RFC 9325 section 4.2: forward secrecy and authenticated encryption only, in TLS 1.2 too.
  constexpr const char* tls_1_2 = "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:DHE+CHACHA20";
  ssl_ctx_ptr made{SSL_CTX_new(TLS_server_method())};
  if (!made || SSL_CTX_set_min_proto_version(made.get(), TLS1_2_VERSION) != 1
      || SSL_CTX_set_cipher_list(made.get(), tls_1_2) != 1)
    return nullptr;
  SSL_CTX_set_dh_auto(made.get(), 1);
  return made;
}

loaded_certificate load_certificate(std::string_view chain_pem, std::string_view key_pem,
                                    time_point now) {
  loaded_certificate out;
  const auto stop = [&](std::string problem, bool is_key) {
    ERR_clear_error();
    out.context.reset();
    out.problem = std::move(problem);
    out.problem_is_key = is_key;
    return std::move(out);
  };
  ERR_clear_error();
  out.context = new_server_ctx();
  const auto chain = reader_of(chain_pem);
  const x509_ptr leaf{chain ? PEM_read_bio_X509(chain.get(), nullptr, no_passphrase, nullptr)
                            : nullptr};
  if (!leaf)
    return stop("holds no PEM certificate", false);
  if (!out.context || SSL_CTX_use_certificate(out.context.get(), leaf.get()) != 1)
    return stop("the certificate can't be used: " + take_error_text(), false);
  while (x509_ptr issuer{PEM_read_bio_X509(chain.get(), nullptr, no_passphrase, nullptr)})
    if (SSL_CTX_add0_chain_cert(out.context.get(), issuer.get()) == 1)
      static_cast<void>(issuer.release()); // Now the context's.
    else
      return stop("the chain can't be used: " + take_error_text(), false);
  if (const auto last = ERR_peek_last_error(); ERR_GET_REASON(last) != PEM_R_NO_START_LINE)
    return stop("the chain is damaged: " + take_error_text(), false);
  ERR_clear_error();

  const auto key_reader = reader_of(key_pem);
  const evp_pkey_ptr key{
      key_reader ? PEM_read_bio_PrivateKey(key_reader.get(), nullptr, no_passphrase, nullptr)
                 : nullptr};
  if (!key)
    return stop(key_pem.find("ENCRYPTED") != std::string_view::npos
                    ? "the key has a passphrase; store it without one"
                    : "holds no PEM private key",
                true);
  if (X509_check_private_key(leaf.get(), key.get()) != 1)
    return stop("the key does not belong to the certificate", true);
  if (SSL_CTX_use_PrivateKey(out.context.get(), key.get()) != 1)
    return stop("the key can't be used: " + take_error_text(), true);
  out.facts = read_facts(leaf.get());
  out.warnings = chain_warnings(key_pair_in(out.context.get()), now);
  return out;
}

} // namespace stellwerk::tls
