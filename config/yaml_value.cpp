#include "config/yaml_value.hpp"

#include <algorithm>
#include <utility>

namespace stellwerk {
namespace {

position place(const YAML::Mark& mark) {
  return mark.is_null() ? position{} : position{mark.line + 1, mark.column + 1};
}

} // namespace

yaml_value::yaml_value(YAML::Node node, std::string path, yaml_file& file)
    : node_{std::move(node)}, path_{std::move(path)}, file_{&file}, where_{
                                                                        place(node_.Mark())} {}

yaml_value::yaml_value(YAML::Node node, std::string path, yaml_file& file, position key)
    : yaml_value{std::move(node), std::move(path), file} {
  if (node_.IsNull())
    where_ = key;
}

void yaml_value::problem(std::string what) const {
  file_->found.push_back({file_->name, where(), path_, std::move(what), severity::problem});
}

void yaml_value::warning(std::string what) const {
  file_->found.push_back({file_->name, where(), path_, std::move(what), severity::warning});
}

std::optional<std::string> yaml_value::text() const {
  if (node_.IsScalar())
    return node_.Scalar();
  problem(node_.IsNull()       ? "has no value"
          : node_.IsSequence() ? "is a list, a single value is needed"
                               : "is a mapping, a single value is needed");
  return std::nullopt;
}

std::vector<yaml_value> yaml_value::items() const {
  std::vector<yaml_value> result;
  if (node_.IsSequence())
    for (const auto& item : node_)
      result.emplace_back(item, path_ + '[' + std::to_string(result.size()) + ']', *file_);
  else if (!node_.IsNull())
    problem("must be a list, as in [a, b]");
  return result;
}

yaml_mapping::yaml_mapping(const yaml_value& value) : value_{value}, readable_{true} {
  if (value.node().IsNull())
    return;
  if (!value.node().IsMap()) {
    readable_ = false;
    value.problem("must be a mapping, as in { key: value }");
    return;
  }
  for (const auto& pair : value.node()) {
    const auto where = place(pair.first.Mark());
    if (!pair.first.IsScalar()) {
      yaml_value{pair.first, value.path(), value.file()}.problem(
          "a key must be a single value");
      continue;
    }
    const auto& key = pair.first.Scalar();
    const auto same = std::find_if(entries_.begin(), entries_.end(),
                                   [&](const entry& one) { return one.key == key; });
    if (same != entries_.end())
      value.file().found.push_back(
          {value.file().name, where, path_of(key),
           "doubled key, already in line " + std::to_string(same->where.line),
           severity::problem});
    else
      entries_.push_back(
          {key, where, yaml_value{pair.second, path_of(key), value.file(), where}});
  }
}

yaml_mapping::~yaml_mapping() {
  if (all_taken_)
    return;
  const std::vector<std::string_view> known(known_.begin(), known_.end());
  for (const auto& one : entries_)
    if (std::find(known.begin(), known.end(), one.key) == known.end())
      value_.file().found.push_back({value_.file().name, one.where, path_of(one.key),
                                     "unknown key" + suggestion(one.key, known),
                                     severity::problem});
}

std::string yaml_mapping::path_of(std::string_view key) const {
  const bool plain = std::all_of(key.begin(), key.end(), [](char c) {
    return static_cast<unsigned char>(c) > ' ' && c != '\x7F';
  });
  const std::string shown = plain ? std::string{key} : in_quotes(key);
  return value_.path().empty() ? shown : value_.path() + '.' + shown;
}

std::optional<yaml_value> yaml_mapping::take(std::string_view key) {
  known_.emplace_back(key);
  for (const auto& one : entries_)
    if (one.key == key)
      return one.value;
  return std::nullopt;
}

std::optional<yaml_value> yaml_mapping::require(std::string_view key) {
  auto result = take(key);
  if (!result && readable_)
    value_.file().found.push_back(
        {value_.file().name, value_.where(), path_of(key), "is missing", severity::problem});
  return result;
}

std::vector<yaml_mapping::entry> yaml_mapping::take_all() {
  all_taken_ = true;
  return entries_;
}

std::optional<yaml_value> parse_yaml(const std::string& text, yaml_file& file) {
  try {
    const auto documents = YAML::LoadAll(text);
    if (documents.empty() || documents.front().IsNull())
      file.found.push_back({file.name, {1, 1}, "", "is empty", severity::problem});
    else if (documents.size() > 1)
      yaml_value{documents[1], "", file}.problem("a second document; only one is read");
    else
      return yaml_value{documents.front(), "", file};
  } catch (const YAML::Exception& broken) {
    file.found.push_back({file.name, place(broken.mark), "", broken.msg, severity::problem});
  }
  return std::nullopt;
}

} // namespace stellwerk
