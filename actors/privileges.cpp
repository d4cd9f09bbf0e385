#include "actors/privileges.hpp"

#include "actors/io/file_descriptor.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace stellwerk {
namespace {

void demand(bool done, const std::string& what) {
  if (!done)
    throw std::system_error{errno, std::generic_category(), what};
}

/// Two words: capabilities 0 to 31 and 32 to 63.
using capability_words = std::array<__user_cap_data_struct, 2>;

capability_words capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  capability_words words{};
  demand(::syscall(SYS_capget, &header, words.data()) == 0, "cannot read the capabilities");
  return words;
}

void set_capabilities(const capability_words& words) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  demand(::syscall(SYS_capset, &header, words.data()) == 0, "cannot drop capabilities");
}

// What no program started from here can get back. A container's root may lack the right to do
// this; then `no_new_privs` alone has to see to it.
void empty_bounding_set() {
  for (unsigned long one = 0; ::prctl(PR_CAPBSET_READ, one, 0, 0, 0) >= 0; ++one)
    static_cast<void>(::prctl(PR_CAPBSET_DROP, one, 0, 0, 0));
}

void change_identity(const system_user& who) {
  const auto what = "cannot become " + who.name;
  demand(::initgroups(who.name.c_str(), who.gid) == 0, what);
  demand(::setresgid(who.gid, who.gid, who.gid) == 0, what);
  demand(::setresuid(who.uid, who.uid, who.uid) == 0, what);
}

template <class Entry, class Look> std::optional<Entry> look_up(const Look& look) {
  std::vector<char> room(1024);
  for (;;) {
    Entry entry{};
    Entry* found = nullptr;
    const int error = look(entry, room, found);
    if (error == ERANGE) {
      room.resize(room.size() * 2);
      continue;
    }
    if (found == nullptr)
      return std::nullopt;
    entry.pw_name = nullptr; // Its text is in `room`.
    return entry;
  }
}

/// The child's part: one octet per question, then the end.
[[noreturn]] void answer_as(const system_user& who,
                            const std::vector<access_question>& questions, int to) {
  int code = 0;
  try {
    if (::geteuid() == 0)
      change_identity(who);
    for (const auto& one : questions) {
      const int mode = one.kind == access_kind::read ? R_OK : W_OK | X_OK;
      const char answer = ::access(one.path.c_str(), mode) == 0 ? 'y' : 'n';
      if (::write(to, &answer, 1) != 1)
        break;
    }
  } catch (...) {
    code = 1;
  }
  ::_exit(code);
}

} // namespace

std::optional<system_user> find_user(const std::string& name) {
  const auto entry
      = look_up<passwd>([&](passwd& into, std::vector<char>& room, passwd*& found) {
          return ::getpwnam_r(name.c_str(), &into, room.data(), room.size(), &found);
        });
  if (!entry)
    return std::nullopt;
  return system_user{name, entry->pw_uid, entry->pw_gid};
}

std::string name_of_user(uid_t uid) {
  std::string name;
  const auto entry
      = look_up<passwd>([&](passwd& into, std::vector<char>& room, passwd*& found) {
          const int error = ::getpwuid_r(uid, &into, room.data(), room.size(), &found);
          if (found != nullptr)
            name = found->pw_name;
          return error;
        });
  return entry ? name : std::to_string(uid);
}

void become(const system_user& who) {
  if (::geteuid() == who.uid)
    return;
  const auto before = capabilities();
  empty_bounding_set();
  demand(::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0, "cannot become " + who.name);
  change_identity(who);
  demand(::prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) == 0, "cannot become " + who.name);
  capability_words left{};
  left[0].permitted = left[0].effective = before[0].permitted & (1U << CAP_NET_BIND_SERVICE);
  set_capabilities(left);
}

void drop_capabilities() {
  static_cast<void>(::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0));
  set_capabilities({});
  demand(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "cannot give up new privileges");
  demand(::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0, "cannot forbid memory dumps");
}

std::vector<bool> may_access(const system_user& who,
                             const std::vector<access_question>& questions) {
  std::array<int, 2> ends{};
  demand(::pipe2(ends.data(), O_CLOEXEC) == 0, "cannot look for " + who.name);
  const io::file_descriptor reading{ends[0]};
  io::file_descriptor writing{ends[1]};
  const auto child = ::fork();
  demand(child >= 0, "cannot look for " + who.name);
  if (child == 0)
    answer_as(who, questions, writing.get());
  writing.reset();
  std::vector<bool> answers;
  char answer = 0;
  for (;;) {
    const auto got = ::read(reading.get(), &answer, 1);
    if (got == 1)
      answers.push_back(answer == 'y');
    else if (got == 0 || errno != EINTR)
      break;
  }
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  answers.resize(questions.size(), false);
  return answers;
}

} // namespace stellwerk
