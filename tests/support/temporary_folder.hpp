#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace stellwerk::test {

/// A folder of the test's own, gone with all that is in it at the end.
class temporary_folder {
public:
  explicit temporary_folder(const std::filesystem::path& parent
                            = std::filesystem::temp_directory_path()) {
    auto pattern = (parent / "stellwerk-test-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr)
      throw std::runtime_error{"no temporary folder"};
    path_ = pattern;
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  /// Writes a file, for its owner alone unless told otherwise, and says its path.
  std::string write(std::string_view name, std::string_view octets,
                    std::filesystem::perms mode = std::filesystem::perms{0600}) const {
    const auto file = path_ / name;
    std::ofstream{file, std::ios::binary} << octets;
    std::filesystem::permissions(file, mode);
    return file.string();
  }

private:
  std::filesystem::path path_;
};

} // namespace stellwerk::test
