#include "tests/transcripts/imap/play.hpp"

#include "tests/support/dialogue_player.hpp"

namespace stellwerk::imap {
// Found beside the dialogues, so not in a namespace without a name.
static std::string accept(server_dialogue& dialogue, std::string status) {
  return dialogue.login_accepted({"", std::move(status), {}});
}

static std::string shown_capabilities(const backend_dialogue& dialogue) {
  return dialogue.capabilities().text();
}

static void show_accepted(const accepted& yes, support::record& happened) {
  for (const auto& line : support::lines_of(yes.answer.untagged)) {
    REQUIRE(line.ends_with('\r'));
    happened.add("-- passes "
                 + support::shown(std::string_view{line}.substr(0, line.size() - 1)));
  }
  happened.add("-- accepted " + support::shown(yes.answer.status));
}

void test::play(const server_settings& settings, std::string_view transcript) {
  support::play_all<support::server_side<server_dialogue>>(settings, transcript);
}

void test::play(const backend_settings& settings, std::string_view transcript) {
  support::play_all<support::backend_side<backend_dialogue>>(settings, transcript);
}

} // namespace stellwerk::imap
