#pragma once

#include "config/diagnostic.hpp"

#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stellwerk {

/// The file that is being read and where its problems go.
struct yaml_file {
  std::string name;
  std::filesystem::path folder;
  diagnostics& found;
};

/// A value of a YAML file and the path of keys that leads to it. Copies share the node.
class yaml_value {
public:
  yaml_value(YAML::Node node, std::string path, yaml_file& file);
  /// A value behind a key; nothing at all is reported at the key.
  yaml_value(YAML::Node node, std::string path, yaml_file& file, position key);

  [[nodiscard]] position where() const { return where_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] yaml_file& file() const { return *file_; }
  [[nodiscard]] const YAML::Node& node() const { return node_; }

  void problem(std::string what) const;
  void warning(std::string what) const;

  /// The text; nothing, with a problem, if it is empty, a list or a mapping.
  [[nodiscard]] std::optional<std::string> text() const;
  /// The items; none, with a problem, if it is no list.
  [[nodiscard]] std::vector<yaml_value> items() const;

private:
  YAML::Node node_;
  std::string path_;
  yaml_file* file_;
  position where_;
};

/// A mapping whose keys are taken one by one; what is left at the end is unknown.
class yaml_mapping {
public:
  /// An empty value is an empty mapping. Reports anything else that is none, and doubled keys.
  explicit yaml_mapping(const yaml_value& value);
  yaml_mapping(const yaml_mapping&) = delete;
  yaml_mapping& operator=(const yaml_mapping&) = delete;
  /// Reports the unknown keys.
  ~yaml_mapping();

  /// Nothing if it is not written.
  [[nodiscard]] std::optional<yaml_value> take(std::string_view key);
  /// The same; not written is a problem.
  [[nodiscard]] std::optional<yaml_value> require(std::string_view key);
  /// Every key that is written, in the order of the file; none is unknown then.
  struct entry {
    std::string key;
    position where;
    yaml_value value;
  };
  [[nodiscard]] std::vector<entry> take_all();

private:
  [[nodiscard]] std::string path_of(std::string_view key) const;

  yaml_value value_;
  bool readable_ = false;
  bool all_taken_ = false;
  std::vector<entry> entries_;
  std::vector<std::string> known_;
};

/// The only document of `text`; nothing, with a problem, if it cannot be read.
[[nodiscard]] std::optional<yaml_value> parse_yaml(const std::string& text, yaml_file& file);

} // namespace stellwerk
