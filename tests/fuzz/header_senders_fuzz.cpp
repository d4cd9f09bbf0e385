#include "protocol/smtp/header_senders.hpp"
#include "protocol/smtp/mailbox_list.hpp"

#include <algorithm>
#include <cstdlib>

using namespace stellwerk::smtp;

// Every address is of one piece and stands in the field as it was written; a field that is put
// behind a header that can be read adds its own address to those before and takes none away.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);

  const auto list = read_mailboxes(text);
  for (const auto& address : list.addresses)
    if (address.empty() || text.find(address) == std::string::npos)
      std::abort();
  if (list.addresses.size() > max_mailboxes + 1)
    std::abort();
  if (list.doubt.empty()) {
    const auto more = read_mailboxes(text + ",end@example.org");
    auto expected = list.addresses;
    expected.emplace_back("end@example.org");
    if (more.doubt.empty() && more.addresses != expected)
      std::abort();
  }

  const auto senders = read_header_senders(text);
  const bool names_from
      = std::any_of(senders.mentions.begin(), senders.mentions.end(),
                    [](const header_senders::mention& one) { return one.field == "From"; });
  if (names_from && !senders.has_from)
    std::abort();
  if (senders.doubt.empty()) {
    const auto more = read_header_senders(text + "\r\nFrom: end@example.org\r\n");
    auto expected = senders.mentions;
    expected.push_back({"From", "end@example.org"});
    if (more.doubt.empty() && more.mentions != expected)
      std::abort();
  }
  return 0;
}
