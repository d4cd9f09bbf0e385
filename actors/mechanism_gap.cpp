#include "actors/mechanism_gap.hpp"

#include "protocol/base/ascii.hpp"
#include "protocol/sasl/credentials.hpp"

#include <algorithm>

namespace stellwerk {
namespace {

std::string sentence(mail_protocol protocol, const std::string& offer, const char* why) {
  return std::string{text_of(protocol)} + ": old offers " + offer + ", which " + why
         + ": clients that use it will have to change";
}

void add(std::string& names, const std::string& name) {
  names += names.empty() ? "" : ", ";
  names += name;
}

} // namespace

std::set<std::string> mechanisms_of(const service_facts& facts) {
  std::set<std::string> found;
  if (facts.capabilities)
    for (const auto& name : facts.capabilities->names())
      if (starts_with_ignoring_case(name, "AUTH="))
        found.insert(to_upper(std::string_view{name}.substr(5)));
  if (facts.features)
    found.insert(facts.features->auth.begin(), facts.features->auth.end());
  std::string words;
  if (facts.pop3)
    words = facts.pop3->arguments("SASL") + (facts.pop3->contains("APOP") ? " APOP" : "");
  else if (facts.sieve)
    words = facts.sieve->value("SASL");
  for (std::string_view rest = words; !rest.empty();) {
    const auto name = rest.substr(0, rest.find(' '));
    if (!name.empty())
      found.insert(to_upper(name));
    rest.remove_prefix(std::min(rest.size(), name.size() + 1));
  }
  return found;
}

std::vector<std::string> mechanism_warnings(const backend_facts& facts,
                                            const std::set<mail_protocol>& listened) {
  std::vector<std::string> warnings;
  for (const auto protocol : listened) {
    const auto of_new = mechanisms_of(facts.at(side::on_new, protocol));
    std::string not_ours;
    std::string not_there;
    for (const auto& name : mechanisms_of(facts.at(side::on_old, protocol))) {
      const auto mech = sasl::find_mechanism(name);
      if (!mech)
        add(not_ours, name);
      else if (sasl::has_token(*mech) && !of_new.empty() && !of_new.contains(name))
        add(not_there, name);
    }
    if (!not_ours.empty())
      warnings.push_back(sentence(protocol, not_ours, "this proxy cannot carry"));
    if (!not_there.empty())
      warnings.push_back(sentence(protocol, not_there, "new has not"));
  }
  return warnings;
}

} // namespace stellwerk
