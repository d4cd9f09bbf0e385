#include "config/accounts_postgresql.hpp"

#include "config/password_file.hpp"

#include <libpq-fe.h>

#include <array>
#include <memory>
#include <thread>
#include <utility>

namespace stellwerk {
namespace {

using clock = std::chrono::steady_clock;

constexpr auto name_in_diagnostics = "accounts.postgresql";
constexpr const char* begin_reading
    = "BEGIN TRANSACTION READ ONLY; SET LOCAL statement_timeout = '30s'";
constexpr std::chrono::milliseconds pause{1};
constexpr int looks_before_pause = 50; // While rows stream in, the next are there at once.

struct freer {
  void operator()(PGconn* connection) const { PQfinish(connection); }
  void operator()(PGresult* result) const { PQclear(result); }
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using options_ptr = std::unique_ptr<PQconninfoOption, freer>;
using result_ptr = std::unique_ptr<PGresult, freer>;

options_ptr parse(const std::string& connection) {
  char* words = nullptr; // They may quote a secret.
  options_ptr options{PQconninfoParse(connection.c_str(), &words)};
  PQfreemem(words);
  return options;
}

std::string on_one_line(std::string_view words) {
  std::string line;
  for (const char c : words)
    if (const bool is_blank = c == ' ' || c == '\n' || c == '\t'; !is_blank)
      line += c;
    else if (!line.ends_with(' '))
      line += ' ';
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

/// The server is going away, or out of something, or the query was ended from outside: classes
/// 08, 53, 57 and 58 of SQLSTATE.
bool passes(std::string_view sqlstate) {
  return sqlstate.starts_with("08") || sqlstate.starts_with("53") || sqlstate.starts_with("57")
         || sqlstate.starts_with("58");
}

class postgresql_reader {
public:
  postgresql_reader(const postgresql_accounts& source, diagnostics& out)
      : source_{source}, out_{out}, rows_{{name_in_diagnostics}, out} {}

  account_reading read() {
    if (connect() && query(begin_reading) && query(source_.query, true))
      check_columns();
    return {rows_.finish(), std::move(out_of_reach_)};
  }

private:
  bool connect() {
    const auto password = read_password(source_.password_file, out_);
    if (!password)
      return false;
    // What comes later counts.
    std::vector<const char*> keys{"fallback_application_name", "dbname", "connect_timeout"};
    const auto limit = std::to_string(account_connect_limit.count());
    std::vector<const char*> values{"stellwerk", source_.connection.c_str(), limit.c_str()};
    if (!password->empty()) {
      keys.push_back("password");
      values.push_back(password->c_str());
    }
    keys.push_back(nullptr);
    values.push_back(nullptr);
    connection_.reset(PQconnectdbParams(keys.data(), values.data(), 1));
    if (PQstatus(connection_.get()) == CONNECTION_OK) {
      PQsetNoticeProcessor(
          connection_.get(), [](void*, const char*) {}, nullptr);
      PQsetClientEncoding(connection_.get(), "UTF8");
      return true;
    }
    // Of a connection with a password libpq may quote what it has misread.
    out_of_reach_ = holds_password(source_.connection)
                        ? "libpq cannot connect; what it says is not shown, because "
                          "`connection` holds a password: move that into `password_file`"
                        : on_one_line(PQerrorMessage(connection_.get()));
    return false;
  }

  // libpq would wait for a server that is silent as long as the kernel does.
  bool wait() {
    for (int looks = 1; PQisBusy(connection_.get()) != 0; ++looks) {
      if (PQconsumeInput(connection_.get()) == 0)
        return lose(PQerrorMessage(connection_.get()));
      if (PQisBusy(connection_.get()) == 0)
        break;
      if (clock::now() > deadline_)
        return lose("the query takes longer than 30 s");
      if (looks < looks_before_pause)
        std::this_thread::yield();
      else
        std::this_thread::sleep_for(pause);
    }
    return true;
  }

  bool lose(std::string_view why) {
    out_of_reach_ = on_one_line(why);
    return false;
  }

  bool query(const std::string& text, bool gives_rows = false) {
    if (PQsendQuery(connection_.get(), text.c_str()) == 0)
      return lose(PQerrorMessage(connection_.get()));
    if (gives_rows)
      PQsetSingleRowMode(connection_.get());
    while (wait()) {
      const result_ptr result{PQgetResult(connection_.get())};
      if (!result)
        return true;
      if (!take(*result, gives_rows))
        return false;
    }
    return false;
  }

  bool take(const PGresult& result, bool gives_rows) {
    switch (PQresultStatus(&result)) {
      case PGRES_COMMAND_OK:
        return true;
      case PGRES_SINGLE_TUPLE:
      case PGRES_TUPLES_OK:
        return !gives_rows || take_rows(result);
      default:
        break;
    }
    const char* sqlstate = PQresultErrorField(&result, PG_DIAG_SQLSTATE);
    const auto* words = PQresultErrorMessage(&result);
    if (PQstatus(connection_.get()) != CONNECTION_OK
        || (sqlstate != nullptr && passes(sqlstate)))
      return lose(words);
    rows_.problem({}, "", "the query fails: " + on_one_line(words));
    return false;
  }

  bool take_rows(const PGresult& result) {
    const int count = PQnfields(&result);
    std::vector<account_cell> cells(static_cast<std::size_t>(count));
    if (!columns_read_) {
      for (int i = 0; i < count; ++i)
        cells[static_cast<std::size_t>(i)] = {PQfname(&result, i), {}};
      rows_.read_columns(cells);
      columns_read_ = true;
    }
    for (int row = 0; row < PQntuples(&result); ++row) {
      ++row_;
      for (int i = 0; i < count; ++i) {
        const auto length = static_cast<std::size_t>(PQgetlength(&result, row, i));
        octets_ += length;
        cells[static_cast<std::size_t>(i)]
            = {{PQgetvalue(&result, row, i), length}, {row_, i + 1}};
      }
      if (octets_ > max_account_octets) {
        rows_.problem({}, "", "holds more than 1 GiB");
        return false;
      }
      if (!rows_.read_row(cells))
        return false;
    }
    return true;
  }

  void check_columns() {
    if (!columns_read_)
      rows_.problem({}, "", "the query gives no rows and no columns; is it a SELECT?");
  }

  const postgresql_accounts& source_;
  diagnostics& out_;
  account_row_reader rows_;
  std::string out_of_reach_;
  bool columns_read_ = false;
  int row_ = 0;
  std::size_t octets_ = 0;
  clock::time_point deadline_ = clock::now() + account_connect_limit + account_read_limit;
  std::unique_ptr<PGconn, freer> connection_;
};

} // namespace

account_reading read_postgresql_accounts(const postgresql_accounts& source, diagnostics& out) {
  return postgresql_reader{source, out}.read();
}

bool is_postgresql_connection(const std::string& connection) {
  return parse(connection) != nullptr;
}

bool holds_password(const std::string& connection) {
  const auto options = parse(connection);
  if (!options)
    return false;
  for (const auto* one = options.get(); one->keyword != nullptr; ++one) {
    const std::string_view keyword{one->keyword};
    if ((keyword == "password" || keyword == "sslpassword") && one->val != nullptr)
      return true;
  }
  return false;
}

} // namespace stellwerk
