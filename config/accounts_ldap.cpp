#include "config/accounts_ldap.hpp"

#include "config/load_configuration.hpp"
#include "config/password_file.hpp"

#include <ldap.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace stellwerk {
namespace {

using clock = std::chrono::steady_clock;

constexpr auto name_in_diagnostics = "accounts.ldap";
constexpr ber_int_t page_size = 1000;
constexpr ber_len_t max_message = ber_len_t{16} * 1024 * 1024;

struct freer {
  void operator()(LDAP* directory) const { ldap_unbind_ext_s(directory, nullptr, nullptr); }
  void operator()(LDAPMessage* message) const { ldap_msgfree(message); }
  void operator()(berval** values) const { ldap_value_free_len(values); }
  void operator()(LDAPControl* control) const { ldap_control_free(control); }
  void operator()(LDAPControl** controls) const { ldap_controls_free(controls); }
  void operator()(char* text) const { ldap_memfree(text); }
};
template <class T> using owned = std::unique_ptr<T, freer>;

bool passes(int code) {
  return code == LDAP_SERVER_DOWN || code == LDAP_CONNECT_ERROR || code == LDAP_TIMEOUT
         || code == LDAP_BUSY || code == LDAP_UNAVAILABLE || code == LDAP_TIMELIMIT_EXCEEDED;
}

/// The values of an entry under the columns of accounts.csv.
struct attribute {
  std::string_view column;
  std::string name;
};

std::vector<attribute> attributes_of(const ldap_accounts& source) {
  std::vector<attribute> all{{"login", source.login},         {"domain", source.domain},
                             {"old_login", source.old_login}, {"new_login", source.new_login},
                             {"senders", source.senders},     {"pin", source.pin}};
  std::erase_if(all, [](const attribute& one) { return one.name.empty(); });
  return all;
}

class ldap_reader {
public:
  ldap_reader(const ldap_accounts& source, diagnostics& out)
      : source_{source}, out_{out}, rows_{{name_in_diagnostics, "entry", "the configuration"},
                                          out},
        attributes_{attributes_of(source)} {}

  account_reading read() {
    std::vector<account_cell> names;
    for (const auto& one : attributes_)
      names.push_back({one.column, {}});
    rows_.read_columns(names);
    if (connect())
      search();
    if (is_referred_)
      out_.push_back(
          {name_in_diagnostics,
           {},
           "",
           "the directory refers to other servers for a part of the search; they are "
           "not asked",
           severity::warning});
    return {rows_.finish(), std::move(out_of_reach_)};
  }

private:
  bool lose(int code, std::string_view step = "") {
    out_of_reach_ = std::string{step} + ldap_err2string(code);
    char* words = nullptr;
    if (directory_)
      ldap_get_option(directory_.get(), LDAP_OPT_DIAGNOSTIC_MESSAGE, &words);
    const owned<char> more{words};
    if (words != nullptr && *words != '\0')
      out_of_reach_ += std::string{" ("} + words + ')';
    return false;
  }

  bool fail(int code) {
    if (passes(code))
      return lose(code);
    rows_.problem({}, "", std::string{"the search fails: "} + ldap_err2string(code));
    return false;
  }

  [[nodiscard]] timeval time_left() const {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::max(deadline_ - clock::now(), clock::duration::zero()));
    return {static_cast<time_t>(left.count() / 1000),
            static_cast<suseconds_t>(left.count() % 1000 * 1000)};
  }

  bool connect() {
    const auto password = read_password(source_.password_file, out_);
    if (!password)
      return false;
    if (!source_.ca.empty() && !read_file(source_.ca, out_, 4 * mebibyte))
      return false;
    LDAP* made = nullptr;
    if (const int code = ldap_initialize(&made, source_.url.c_str()); code != LDAP_SUCCESS)
      return fail(code);
    directory_.reset(made);
    set_options();
    if (source_.starttls)
      if (const int code = ldap_start_tls_s(made, nullptr, nullptr); code != LDAP_SUCCESS)
        return lose(code, "StartTLS: ");
    // Anonymous too: so that a server that can't be reached is known as that.
    berval secret{password->size(), const_cast<char*>(password->data())};
    const int code = ldap_sasl_bind_s(made, source_.bind_dn.c_str(), LDAP_SASL_SIMPLE, &secret,
                                      nullptr, nullptr, nullptr);
    return code == LDAP_SUCCESS || lose(code);
  }

  void set_options() {
    auto* const directory = directory_.get();
    const int version = LDAP_VERSION3;
    ldap_set_option(directory, LDAP_OPT_PROTOCOL_VERSION, &version);
    ldap_set_option(directory, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
    const timeval limit{account_connect_limit.count(), 0};
    ldap_set_option(directory, LDAP_OPT_NETWORK_TIMEOUT, &limit);
    ldap_set_option(directory, LDAP_OPT_TIMEOUT, &limit);
    // Whatever ldap.conf says.
    const int demand = LDAP_OPT_X_TLS_DEMAND;
    ldap_set_option(directory, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand);
    if (!source_.ca.empty())
      ldap_set_option(directory, LDAP_OPT_X_TLS_CACERTFILE, source_.ca.c_str());
    const int for_client = 0;
    ldap_set_option(directory, LDAP_OPT_X_TLS_NEWCTX, &for_client);
    Sockbuf* buffer = nullptr;
    ldap_get_option(directory, LDAP_OPT_SOCKBUF, static_cast<void*>(&buffer));
    auto most = max_message;
    ber_sockbuf_ctrl(buffer, LBER_SB_OPT_SET_MAX_INCOMING, &most);
  }

  void search() {
    std::vector<char*> wanted;
    for (auto& one : attributes_)
      wanted.push_back(one.name.data());
    wanted.push_back(nullptr);
    const auto filter = "(&" + source_.filter + '(' + source_.login + "=*))";
    berval cookie{0, nullptr};
    do {
      LDAPControl* made = nullptr;
      ldap_create_page_control(directory_.get(), page_size, &cookie, 0, &made);
      const owned<LDAPControl> page{made};
      std::array<LDAPControl*, 2> controls{page.get(), nullptr};
      auto limit = time_left();
      int id = 0;
      const int code = ldap_search_ext(directory_.get(), source_.base.c_str(),
                                       LDAP_SCOPE_SUBTREE, filter.c_str(), wanted.data(), 0,
                                       controls.data(), nullptr, &limit, LDAP_NO_LIMIT, &id);
      if (code != LDAP_SUCCESS) {
        fail(code);
        return;
      }
      ber_memfree(std::exchange(cookie, berval{0, nullptr}).bv_val);
      if (!take_page(id, cookie))
        break;
    } while (cookie.bv_len > 0);
    ber_memfree(cookie.bv_val);
  }

  /// All messages up to the result, which tells where the next page begins.
  bool take_page(int id, berval& cookie) {
    for (;;) {
      auto limit = time_left();
      LDAPMessage* came = nullptr;
      const int type = ldap_result(directory_.get(), id, LDAP_MSG_ONE, &limit, &came);
      const owned<LDAPMessage> message{came};
      if (type == 0) {
        out_of_reach_ = "the search takes longer than 30 s";
        return false;
      }
      if (type < 0) {
        int code = LDAP_SERVER_DOWN;
        ldap_get_option(directory_.get(), LDAP_OPT_RESULT_CODE, &code);
        return fail(code);
      }
      if (type == LDAP_RES_SEARCH_REFERENCE)
        is_referred_ = true;
      else if (type == LDAP_RES_SEARCH_RESULT)
        return take_result(message.get(), cookie);
      else if (type == LDAP_RES_SEARCH_ENTRY && !take_entry(message.get()))
        return false;
    }
  }

  bool take_result(LDAPMessage* message, berval& cookie) {
    int code = LDAP_SUCCESS;
    LDAPControl** listed = nullptr;
    const int parsed = ldap_parse_result(directory_.get(), message, &code, nullptr, nullptr,
                                         nullptr, &listed, 0);
    const owned<LDAPControl*> controls{listed};
    if (parsed != LDAP_SUCCESS || code != LDAP_SUCCESS)
      return fail(parsed != LDAP_SUCCESS ? parsed : code);
    auto* const page = ldap_control_find(LDAP_CONTROL_PAGEDRESULTS, listed, nullptr);
    ber_int_t estimate = 0;
    if (page != nullptr)
      ldap_parse_pageresponse_control(directory_.get(), page, &estimate, &cookie);
    return true;
  }

  bool take_entry(LDAPMessage* entry) {
    ++entry_;
    std::vector<std::string> texts;
    for (const auto& one : attributes_) {
      const owned<berval*> values{
          ldap_get_values_len(directory_.get(), entry, one.name.c_str())};
      const int count = ldap_count_values_len(values.get());
      std::string text;
      for (int i = 0; i < count; ++i) {
        const auto& value = *values.get()[i];
        text += (i == 0 ? "" : " ") + std::string{value.bv_val, value.bv_len};
      }
      if (count > 1 && one.column != "senders") {
        const owned<char> name{ldap_get_dn(directory_.get(), entry)};
        rows_.problem({entry_, 1}, one.column,
                      in_quotes(name ? name.get() : "") + " has several values of " + one.name
                          + ", and one is needed");
        return true;
      }
      octets_ += text.size();
      texts.push_back(std::move(text));
    }
    if (octets_ > max_account_octets) {
      rows_.problem({}, "", "holds more than 1 GiB");
      return false;
    }
    std::vector<account_cell> cells;
    for (const auto& text : texts)
      cells.push_back({text, {entry_, 1}});
    return rows_.read_row(cells);
  }

  const ldap_accounts& source_;
  diagnostics& out_;
  account_row_reader rows_;
  std::vector<attribute> attributes_;
  std::string out_of_reach_;
  bool is_referred_ = false;
  int entry_ = 0;
  std::size_t octets_ = 0;
  clock::time_point deadline_ = clock::now() + account_connect_limit + account_read_limit;
  owned<LDAP> directory_;
};

} // namespace

account_reading read_ldap_accounts(const ldap_accounts& source, diagnostics& out) {
  return ldap_reader{source, out}.read();
}

} // namespace stellwerk
