#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace stellwerk::findings {

/// SQLite's own words.
class database_fault : public std::runtime_error {
public:
  using runtime_error::runtime_error;
};

/// A prepared statement. Text is bound and read octet for octet, whatever it holds.
class statement {
public:
  statement(sqlite3* database, std::string_view sql);

  /// Binds the parameters in their order, anew after each `reset`.
  statement& operator<<(std::string_view text);
  statement& operator<<(std::int64_t number);
  /// Makes a step; true: there is a row. Throws database_fault.
  bool step();
  /// Steps to the end and begins anew.
  void run();
  void reset();

  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] std::int64_t number(int column) const;

private:
  struct finalizer {
    void operator()(sqlite3_stmt* one) const { sqlite3_finalize(one); }
  };
  sqlite3* database_;
  std::unique_ptr<sqlite3_stmt, finalizer> held_;
  int bound_ = 0;
};

/// One connection, of one thread at a time. Throws database_fault.
class database {
public:
  enum class access : bool { read, write };

  /// To write: is made if it is not there, mode 0600.
  database(const std::filesystem::path& file, access how);

  void run(const char* sql);
  [[nodiscard]] statement prepare(std::string_view sql) { return {held_.get(), sql}; }
  /// Rows of the last change.
  [[nodiscard]] std::int64_t changed() const { return sqlite3_changes(held_.get()); }

private:
  struct closer {
    void operator()(sqlite3* one) const { sqlite3_close_v2(one); }
  };
  std::unique_ptr<sqlite3, closer> held_;
};

} // namespace stellwerk::findings
