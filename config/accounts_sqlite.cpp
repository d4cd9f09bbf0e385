#include "config/accounts_sqlite.hpp"

#include <sqlite3.h>

#include <memory>
#include <system_error>
#include <utility>

namespace stellwerk {
namespace {

using clock = std::chrono::steady_clock;

constexpr int lock_wait_ms = 5000;
constexpr int steps_between_looks = 10'000; // At the clock; a fraction of a millisecond.
constexpr int max_octets_of_anything
    = 1024 * 1024; // A value beyond 64 KiB is told with its row.

struct closer {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

int is_over(void* deadline) {
  return clock::now() > *static_cast<const clock::time_point*>(deadline) ? 1 : 0;
}

bool passes(int code) {
  const int primary = code & 0xFF;
  return primary == SQLITE_BUSY || primary == SQLITE_LOCKED || primary == SQLITE_INTERRUPT
         || primary == SQLITE_IOERR || primary == SQLITE_PROTOCOL;
}

class sqlite_reader {
public:
  sqlite_reader(const sqlite_accounts& source, diagnostics& out)
      : source_{source}, rows_{{source.file.string()}, out} {}

  account_reading read() {
    if (is_file() && open() && prepare())
      step();
    return {rows_.finish(), std::move(out_of_reach_)};
  }

private:
  void problem(std::string what) { rows_.problem({}, "", std::move(what)); }

  void fail(int code) {
    const std::string why = (code & 0xFF) == SQLITE_INTERRUPT
                                ? "the query takes longer than 30 s"
                            : database_ ? sqlite3_errmsg(database_.get())
                                        : sqlite3_errstr(code);
    if (passes(code))
      out_of_reach_ = why;
    else
      problem("cannot be read: " + why);
  }

  // Opening a FIFO would wait for whoever writes to it.
  bool is_file() {
    std::error_code failure;
    const auto status = std::filesystem::status(source_.file, failure);
    if (failure)
      problem("cannot be read: " + failure.message());
    else if (!std::filesystem::is_regular_file(status))
      problem("is not a regular file");
    return !failure && std::filesystem::is_regular_file(status);
  }

  bool open() {
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(source_.file.c_str(), &opened,
                                     SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
    database_.reset(opened);
    if (code != SQLITE_OK) {
      fail(code);
      return false;
    }
    sqlite3_busy_timeout(opened, lock_wait_ms);
    sqlite3_limit(opened, SQLITE_LIMIT_LENGTH, max_octets_of_anything);
    sqlite3_progress_handler(opened, steps_between_looks, is_over, &deadline_);
    return true;
  }

  bool prepare() {
    sqlite3_stmt* prepared = nullptr;
    const char* rest = nullptr;
    const int code
        = sqlite3_prepare_v2(database_.get(), source_.query.c_str(), -1, &prepared, &rest);
    query_.reset(prepared);
    if (code != SQLITE_OK)
      fail(code);
    else if (prepared == nullptr || sqlite3_stmt_readonly(prepared) == 0
             || std::string_view{rest}.find_first_not_of(" ;") != std::string_view::npos)
      problem("the query must be a single one that only reads");
    else
      return true;
    return false;
  }

  void step() {
    const int count = sqlite3_column_count(query_.get());
    std::vector<account_cell> cells;
    for (int i = 0; i < count; ++i)
      cells.push_back({sqlite3_column_name(query_.get(), i), {0, 0}});
    rows_.read_columns(cells);
    std::size_t octets = 0;
    int row = 0;
    for (int code = sqlite3_step(query_.get()); code != SQLITE_DONE;
         code = sqlite3_step(query_.get())) {
      if (code != SQLITE_ROW)
        return fail(code);
      ++row;
      for (int i = 0; i < count; ++i) {
        const auto* text = sqlite3_column_text(query_.get(), i);
        const auto length = static_cast<std::size_t>(sqlite3_column_bytes(query_.get(), i));
        octets += length;
        cells[static_cast<std::size_t>(i)]
            = {text == nullptr
                   ? std::string_view{}
                   : std::string_view{static_cast<const char*>(static_cast<const void*>(text)),
                                      length},
               {row, i + 1}};
      }
      if (octets > max_account_octets)
        return problem("holds more than 1 GiB");
      if (!rows_.read_row(cells))
        return;
    }
  }

  const sqlite_accounts& source_;
  account_row_reader rows_;
  std::string out_of_reach_;
  clock::time_point deadline_ = clock::now() + account_read_limit;
  std::unique_ptr<sqlite3, closer> database_;
  std::unique_ptr<sqlite3_stmt, closer> query_; // Goes before its database.
};

} // namespace

account_reading read_sqlite_accounts(const sqlite_accounts& source, diagnostics& out) {
  return sqlite_reader{source, out}.read();
}

} // namespace stellwerk
