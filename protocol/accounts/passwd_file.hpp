#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace stellwerk {

/// Dovecot's passwd-file: a line for each user, `name:password:uid:gid::home::extra`, lines
/// that begin with `#` and empty ones aside. Of two lines with one name the first counts, as
/// there.
///
/// Only passwords change here. Every other octet, an operator's lines and fields included,
/// stays what and where it was.
class passwd_file {
public:
  /// A file beyond is not added to.
  static constexpr std::size_t max_octets = std::size_t{64} * 1024 * 1024;
  static constexpr std::size_t max_name_octets = 1024;

  passwd_file() = default;
  explicit passwd_file(std::string_view text);

  /// Can this be a user's name there: UTF-8 without colons and control octets, no `#` first?
  [[nodiscard]] static bool may_hold_name(std::string_view name);
  /// Can this be what libcrypt makes of a password (crypt(5)), and stand in a field?
  [[nodiscard]] static bool may_hold_hash(std::string_view hash);

  /// Has this user a password there, of any scheme?
  [[nodiscard]] bool has_password(std::string_view name) const;
  /// Of libcrypt, without its scheme; empty if there is none, or one of another kind. Lives
  /// until the next change.
  [[nodiscard]] std::string_view hash_of(std::string_view name) const;
  /// Is there a password that libcrypt did not make (another scheme, a lock)? It is the
  /// operator's, and never changed.
  [[nodiscard]] bool is_foreign(std::string_view name) const;

  /// Gives the user this hash, in its line if there is one, else in a new one at the end.
  /// False, and nothing has changed: the name or hash can't be held, the password is foreign or
  /// the file is full.
  [[nodiscard]] bool set(std::string_view name, std::string_view hash);

  /// How many users have a password.
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] std::string text() const;

private:
  struct name_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };

  [[nodiscard]] const std::string* line_of(std::string_view name) const;
  void add(std::string_view line);

  std::vector<std::string> lines_; // With their ends.
  std::unordered_map<std::string, std::size_t, name_hash, std::equal_to<>> users_;
  std::size_t count_ = 0;
  std::size_t octets_ = 0;
};

} // namespace stellwerk
