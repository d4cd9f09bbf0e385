#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

// Who the process is and what it may do (`user:`, SPEC "Files").
namespace stellwerk {

/// An account of this machine.
struct system_user {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
};
/// Nothing if nobody has this name.
[[nodiscard]] std::optional<system_user> find_user(const std::string& name);
/// The name of an account, else its number.
[[nodiscard]] std::string name_of_user(uid_t uid);

/// Turns root into `who`, for good: user, group and groups. Of root's capabilities only the one
/// to bind low ports is left; `drop_capabilities` takes that too. Does nothing if it is `who`
/// already. While the process has one thread: capabilities are each thread's own. Throws
/// std::system_error.
void become(const system_user& who);

/// Gives up every capability, ambient and inheritable ones included, and the ways to new ones
/// (`no_new_privs`); what is in memory is no longer dumped, nor shown to other processes of the
/// user. While the process has one thread. Throws std::system_error.
void drop_capabilities();

/// What a user may do with a file.
enum class access_kind { read, write };
struct access_question {
  std::filesystem::path path;
  access_kind kind = access_kind::read;
};
/// For each question whether `who` may, by the kernel's word: a child process becomes `who` and
/// tries. Only root can ask it for others. Throws std::system_error if there can be no child.
[[nodiscard]] std::vector<bool> may_access(const system_user& who,
                                           const std::vector<access_question>& questions);

} // namespace stellwerk
