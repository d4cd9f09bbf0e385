#include "actors/findings/database.hpp"

#include "actors/io/file_descriptor.hpp"

#include <cerrno>
#include <fcntl.h>
#include <system_error>

namespace stellwerk::findings {
namespace {

constexpr int patience_milliseconds = 5000;

/// A file that its last writer has closed is read without leaving others beside it.
std::string address_of(const std::filesystem::path& file, database::access how) {
  std::string address = "file:";
  for (const char c : std::filesystem::absolute(file).string()) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    const auto octet = static_cast<unsigned char>(c);
    if (c == '?' || c == '#' || c == '%')
      address += {'%', digits[octet / 16U], digits[octet % 16U]};
    else
      address += c;
  }
  auto log = file;
  log += "-wal";
  std::error_code ignored;
  const bool is_closed = !std::filesystem::exists(log, ignored);
  return address + (how == database::access::read && is_closed ? "?immutable=1" : "");
}

} // namespace

statement::statement(sqlite3* database, std::string_view sql) : database_{database} {
  sqlite3_stmt* made = nullptr;
  if (sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &made, nullptr)
      != SQLITE_OK)
    throw database_fault{sqlite3_errmsg(database)};
  held_.reset(made);
}

statement& statement::operator<<(std::string_view text) {
  if (sqlite3_bind_text64(held_.get(), ++bound_, text.data() == nullptr ? "" : text.data(),
                          text.size(), SQLITE_TRANSIENT, SQLITE_UTF8)
      != SQLITE_OK)
    throw database_fault{sqlite3_errmsg(database_)};
  return *this;
}

statement& statement::operator<<(std::int64_t number) {
  if (sqlite3_bind_int64(held_.get(), ++bound_, number) != SQLITE_OK)
    throw database_fault{sqlite3_errmsg(database_)};
  return *this;
}

bool statement::step() {
  const int came = sqlite3_step(held_.get());
  if (came != SQLITE_ROW && came != SQLITE_DONE)
    throw database_fault{sqlite3_errmsg(database_)};
  return came == SQLITE_ROW;
}

void statement::run() {
  while (step()) {
  }
  reset();
}

void statement::reset() {
  sqlite3_reset(held_.get());
  bound_ = 0;
}

std::string statement::text(int column) const {
  const auto* octets = static_cast<const char*>(sqlite3_column_blob(held_.get(), column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(held_.get(), column));
  return octets == nullptr ? std::string{} : std::string{octets, size};
}

std::int64_t statement::number(int column) const {
  return sqlite3_column_int64(held_.get(), column);
}

database::database(const std::filesystem::path& file, access how) {
  if (how == access::write) {
    // SQLite gives what it puts beside the file the file's mode.
    const io::file_descriptor made{
        ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!made.is_open())
      throw database_fault{std::generic_category().message(errno)};
  }
  sqlite3* opened = nullptr;
  const int flags = SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX
                    | (how == access::write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
  const int came = sqlite3_open_v2(address_of(file, how).c_str(), &opened, flags, nullptr);
  held_.reset(opened);
  if (came != SQLITE_OK)
    throw database_fault{opened == nullptr ? sqlite3_errstr(came) : sqlite3_errmsg(opened)};
  sqlite3_busy_timeout(opened, patience_milliseconds);
}

void database::run(const char* sql) {
  if (sqlite3_exec(held_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
    throw database_fault{sqlite3_errmsg(held_.get())};
}

} // namespace stellwerk::findings
