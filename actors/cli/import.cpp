#include "actors/cli/import.hpp"

#include "actors/cli/reply_text.hpp"
#include "actors/cli/text_table.hpp"
#include "actors/io/file_descriptor.hpp"
#include "actors/log/line.hpp"
#include "actors/privileges.hpp"
#include "actors/state_folder.hpp"

#include <cerrno>
#include <ctime>
#include <fcntl.h>
#include <stdexcept>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace stellwerk::cli {
namespace {

struct opened_log {
  std::string name;
  io::file_descriptor file;
};

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error{errno, std::generic_category(), what};
}

/// Throws std::system_error.
std::vector<opened_log> open_logs(const std::vector<std::string>& names) {
  std::vector<opened_log> all;
  for (const auto& name : names) {
    const bool is_input = name == "-";
    io::file_descriptor file{is_input ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                                      : ::open(name.c_str(), O_RDONLY | O_CLOEXEC)};
    const auto shown = is_input ? std::string{"standard input"} : log::escaped(name);
    struct stat about {};
    if (!file.is_open() || ::fstat(file.get(), &about) != 0)
      fail(shown);
    if (S_ISDIR(about.st_mode)) {
      errno = EISDIR;
      fail(shown);
    }
    all.push_back({shown, std::move(file)});
  }
  return all;
}

/// What this machine's clock has shown then.
logs::time_point local_moment(logs::wall_time at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const auto second = std::chrono::floor<std::chrono::seconds>(at);
  const std::chrono::hh_mm_ss of_day{second - day};
  std::tm parts{};
  parts.tm_year = static_cast<int>(date.year()) - 1900;
  parts.tm_mon = static_cast<int>(static_cast<unsigned>(date.month())) - 1;
  parts.tm_mday = static_cast<int>(static_cast<unsigned>(date.day()));
  parts.tm_hour = static_cast<int>(of_day.hours().count());
  parts.tm_min = static_cast<int>(of_day.minutes().count());
  parts.tm_sec = static_cast<int>(of_day.seconds().count());
  parts.tm_isdst = -1;
  const auto whole = std::chrono::system_clock::from_time_t(std::mktime(&parts));
  return std::chrono::floor<std::chrono::milliseconds>(whole) + (at - second);
}

void make_state_folder(const configuration& settings) {
  if (const auto who = find_user(settings.user))
    prepare_state_folder(settings.state_dir, *who);
  else
    std::filesystem::create_directories(settings.state_dir);
}

/// SQLite gives what it puts beside the database the database's owner. Only a file that is made
/// here changes hands: what is there already may be a link.
void make_database(const std::filesystem::path& state_dir) {
  const auto file = finding_store::file_in(state_dir);
  const io::file_descriptor made{
      ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)};
  if (!made.is_open() && errno != EEXIST)
    fail(file.string());
  struct stat folder {};
  if (!made.is_open() || ::geteuid() != 0)
    return;
  if (::stat(state_dir.c_str(), &folder) != 0
      || ::fchown(made.get(), folder.st_uid, folder.st_gid) != 0)
    fail(file.string());
}

imported_logs refused(std::string reason, std::string advice, exit_code code) {
  imported_logs none;
  none.error = {{"reason", std::move(reason)}, {"advice", std::move(advice)}};
  none.code = code;
  return none;
}

std::string day_text(std::chrono::sys_days day) { return log::timestamp(day).substr(0, 10); }

} // namespace

imported_logs import_logs(const snapshot& files, const std::vector<std::string>& logs) {
  std::vector<opened_log> opened;
  try {
    opened = open_logs(logs);
  } catch (const std::system_error& fault) {
    return refused(std::string{"cannot be opened: "} + fault.what(), "Name files that exist.",
                   exit_code::usage);
  }
  const auto& settings = files.settings;
  const auto now
      = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto database = finding_store::file_in(settings.state_dir).string();
  std::string reading;
  try {
    make_state_folder(settings);
    make_database(settings.state_dir);
    finding_store store{database, findings::database::access::write};
    log_import importer{store, *files.accounts, settings.findings, now, local_moment};
    for (auto& one : opened) {
      reading = one.name;
      importer.read(one.file.get());
      one.file.reset();
    }
    importer.trim();
    return {importer.so_far(), {}, exit_code::done};
  } catch (const findings::database_fault& fault) {
    return refused(
        database + " cannot be written: " + fault.what(),
        "Import as root, or as the user that serve runs as. What was imported before "
        "is not counted twice.",
        exit_code::refused);
  } catch (const std::system_error& fault) {
    return refused((reading.empty() ? database : reading) + ": " + fault.what(),
                   "Try again: what was imported before is not counted twice.",
                   exit_code::refused);
  }
}

std::string import_text(const import_summary& summary) {
  const auto number = [](std::uint64_t count) { return static_cast<std::int64_t>(count); };
  auto text = counted(number(summary.lines), "new line") + ", "
              + std::to_string(summary.lines_before) + " known from before, "
              + std::to_string(summary.unreadable) + " that cannot be read\n"
              + counted(number(summary.logins), "login") + " ("
              + std::to_string(summary.refused_logins) + " refused), "
              + counted(number(summary.messages), "message") + " on "
              + counted(number(summary.days.size()), "day");
  if (!summary.days.empty())
    text += ", " + day_text(*summary.days.begin()) + " to " + day_text(*summary.days.rbegin());
  text += '\n';
  if (summary.findings.empty())
    return text + "no findings\n";
  text_table table{{"FINDING", " COUNT"}};
  for (const auto& [kind, count] : summary.findings)
    table.add({std::string{text_of(kind)}, std::to_string(count)});
  return text + table.text();
}

json import_json(const import_summary& summary) {
  json by_kind = json::object();
  for (const auto& [kind, count] : summary.findings)
    by_kind[std::string{text_of(kind)}] = count;
  const auto& days = summary.days;
  return {{"lines", summary.lines},
          {"lines_before", summary.lines_before},
          {"unreadable", summary.unreadable},
          {"logins", summary.logins},
          {"refused_logins", summary.refused_logins},
          {"messages", summary.messages},
          {"days", days.size()},
          {"first_day", days.empty() ? "" : day_text(*days.begin())},
          {"last_day", days.empty() ? "" : day_text(*days.rbegin())},
          {"findings", std::move(by_kind)}};
}

} // namespace stellwerk::cli
