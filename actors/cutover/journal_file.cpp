#include "actors/cutover/journal_file.hpp"

#include "actors/io/file_descriptor.hpp"
#include "actors/log/line.hpp"
#include "actors/random_hex.hpp"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sys/stat.h>

namespace stellwerk {
namespace {

using json = nlohmann::ordered_json;

std::filesystem::path file_in(const std::filesystem::path& state_dir) {
  return state_dir / "journal.jsonl";
}

std::string failed(const char* what, const std::filesystem::path& path) {
  return std::string{what} + ' ' + path.string() + ": " + std::strerror(errno);
}

/// A line that a crash cut short must not swallow the next one.
bool ends_inside_a_line(int descriptor, off_t size) {
  char last = '\n';
  return size > 0 && ::pread(descriptor, &last, 1, size - 1) == 1 && last != '\n';
}

void add(json& object, const char* name, std::string_view value) {
  if (!value.empty())
    object[name] = value;
}

bool sync_folder(const std::filesystem::path& folder) {
  const io::file_descriptor opened{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  return opened.is_open() && ::fsync(opened.get()) == 0;
}

} // namespace

std::string line_of(const journal_record& record) {
  json object{{"at", record.at}};
  add(object, "id", record.id);
  object["record"] = text_of(record.kind);
  object["domain"] = record.domain;
  object["from"] = text_of(record.from);
  object["to"] = text_of(record.to);
  add(object, "step", record.step);
  add(object, "by", record.by);
  add(object, "detail", record.detail);
  add(object, "undo", record.undo_by);
  // What a hook prints need not be UTF-8.
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<journal_record> parse_journal_line(std::string_view line) {
  const auto read = json::parse(line, nullptr, false);
  if (!read.is_object())
    return std::nullopt;
  try {
    const auto kind = parse_record_kind(read.at("record").get<std::string>());
    const auto from = parse_phase(read.at("from").get<std::string>());
    const auto to = parse_phase(read.at("to").get<std::string>());
    if (!kind || !from || !to)
      return std::nullopt;
    return journal_record{.at = read.value("at", ""),
                          .id = read.value("id", ""),
                          .kind = *kind,
                          .domain = read.at("domain").get<std::string>(),
                          .from = *from,
                          .to = *to,
                          .step = read.value("step", ""),
                          .by = read.value("by", ""),
                          .detail = read.value("detail", ""),
                          .undo_by = read.value("undo", "")};
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

journal_load load_journal(const std::filesystem::path& state_dir) {
  journal_load result;
  const auto path = file_in(state_dir);
  std::error_code unknown;
  if (!std::filesystem::exists(path, unknown) && !unknown)
    return result;
  std::ifstream file{path};
  if (!file) {
    result.problem = failed("cannot read", path);
    return result;
  }
  for (std::string line; std::getline(file, line);) {
    if (auto record = parse_journal_line(line))
      result.records.push_back(std::move(*record));
    else if (!line.empty())
      ++result.unreadable;
  }
  if (file.bad())
    result.problem = failed("cannot read", path);
  return result;
}

std::string append_journal(const std::filesystem::path& state_dir,
                           std::vector<journal_record> records) {
  std::string lines;
  for (auto& record : records) {
    if (record.at.empty())
      record.at = log::timestamp(std::chrono::system_clock::now());
    lines += line_of(record) + '\n';
  }
  const auto path = file_in(state_dir);
  const io::file_descriptor file{
      ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
  struct stat before {};
  if (!file.is_open() || ::fstat(file.get(), &before) != 0)
    return failed("cannot open", path);
  if (ends_inside_a_line(file.get(), before.st_size))
    lines.insert(lines.begin(), '\n');
  const auto written = ::write(file.get(), lines.data(), lines.size());
  const bool whole = written == static_cast<ssize_t>(lines.size());
  if (whole && ::fsync(file.get()) == 0 && (before.st_size > 0 || sync_folder(state_dir)))
    return {};
  if (!whole && written >= 0)
    errno = ENOSPC;
  auto problem = failed("cannot write", path);
  static_cast<void>(::ftruncate(file.get(), before.st_size));
  return problem;
}

std::string draw_move_id() { return draw_hex(8); }

} // namespace stellwerk
