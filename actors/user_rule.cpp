#include "actors/user_rule.hpp"

#include "actors/privileges.hpp"
#include "actors/state_folder.hpp"
#include "config/files_to_read.hpp"

#include <system_error>
#include <unistd.h>

namespace stellwerk {
namespace {

/// What root reads today is opened by somebody else at the next reload.
void judge_files(const configuration& settings, const system_user& who, diagnostics& out) {
  const auto files = files_to_read(settings);
  std::vector<access_question> questions;
  for (const auto& one : files)
    questions.push_back({one.path, access_kind::read});
  const auto answers = may_access(who, questions);
  std::error_code ignored;
  for (std::size_t i = 0; i < files.size(); ++i)
    if (!answers[i]
        && std::filesystem::exists(files[i].path, ignored)) // Else said by its opener.
      out.push_back(
          {settings.file.string(), files[i].where, files[i].key,
           files[i].path.string() + " can't be read by " + who.name
               + ", so that every reload would fail; chown or chmod it, or its folder",
           severity::warning});
}

/// Where it makes files: the state, the control socket, hashes of passwords, and routes.yaml
/// when a domain is moved.
void judge_folders(const configuration& settings, const system_user& who, diagnostics& out) {
  struct folder {
    std::filesystem::path path;
    std::string key;
    std::string advice = "chown it, with all that is in it";
    severity weight = severity::problem;
  };
  std::vector<folder> folders{{settings.state_dir, "state_dir"}};
  if (settings.control.parent_path() != settings.state_dir)
    folders.push_back({settings.control.parent_path(), "control"});
  const auto& passwords = settings.provisioning.file;
  if (!passwords.empty() && passwords.parent_path() != settings.state_dir)
    folders.push_back({std::filesystem::absolute(passwords).parent_path(), "provisioning.file",
                       "its hashes are written there by a rename; chown the folder"});
  if (is_to_hand_over(settings.state_dir, who))
    folders.erase(folders.begin());
  folders.push_back({settings.routes.parent_path(), "routes",
                     "switch, reverse, cancel and phase change routes.yaml there by a rename; "
                     "chown the folder",
                     severity::warning});
  std::vector<access_question> questions;
  for (const auto& one : folders)
    questions.push_back({one.path, access_kind::write});
  const auto answers = may_access(who, questions);
  for (std::size_t i = 0; i < folders.size(); ++i)
    if (!answers[i])
      out.push_back({settings.file.string(), settings.user_where, folders[i].key,
                     folders[i].path.string() + " can't be written by " + who.name + "; "
                         + folders[i].advice,
                     folders[i].weight});
}

} // namespace

void judge_user(const configuration& settings, loading how, diagnostics& out) {
  if (settings.user.empty())
    return;
  const auto problem = [&](std::string what) {
    out.push_back({settings.file.string(), settings.user_where, "user", std::move(what),
                   severity::problem});
  };
  const auto who = find_user(settings.user);
  if (!who)
    return problem("this machine has no user " + in_quotes(settings.user));
  if (how == loading::for_reload || who->uid == ::geteuid())
    return;
  if (::geteuid() != 0)
    return problem("only root can become " + settings.user + "; this is "
                   + name_of_user(::geteuid()));
  try {
    judge_files(settings, *who, out);
    judge_folders(settings, *who, out);
  } catch (const std::system_error& failure) {
    problem(failure.what());
  }
}

} // namespace stellwerk
