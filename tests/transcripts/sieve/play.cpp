#include "tests/transcripts/sieve/play.hpp"

#include "tests/support/dialogue_player.hpp"

namespace stellwerk::sieve {
// Found beside the dialogues, so not in a namespace without a name.
static std::string accept(server_dialogue& dialogue, const std::string& text) {
  return dialogue.login_accepted(text);
}

static std::string shown_capabilities(const backend_dialogue& dialogue) {
  std::string text;
  for (const auto& one : dialogue.capabilities().all())
    text += (text.empty() ? "" : ", ") + one.name + (one.value ? '=' + *one.value : "");
  return text;
}

void test::play(const server_settings& settings, std::string_view transcript) {
  support::play_all<support::server_side<server_dialogue>>(settings, transcript);
}

void test::play(const backend_settings& settings, std::string_view transcript) {
  support::play_all<support::backend_side<backend_dialogue>>(settings, transcript);
}

} // namespace stellwerk::sieve
