#include "actors/mechanism_gap.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;

namespace {

service_facts imap_with(std::string_view capabilities) {
  service_facts facts;
  facts.capabilities = imap::capability_list::parse(capabilities);
  return facts;
}

service_facts smtp_with(std::set<std::string> mechanisms) {
  service_facts facts;
  facts.features.emplace().auth = std::move(mechanisms);
  return facts;
}

const std::set<mail_protocol> both{mail_protocol::imap, mail_protocol::submission};

} // namespace

TEST_CASE("what old offers and nobody can carry is named with its protocol") {
  backend_facts facts;
  facts.at(side::on_old, mail_protocol::imap)
      = imap_with("IMAP4rev1 AUTH=PLAIN AUTH=digest-md5 AUTH=CRAM-MD5");
  facts.at(side::on_old, mail_protocol::submission) = smtp_with({"LOGIN", "NTLM", "PLAIN"});
  const auto warnings = mechanism_warnings(facts, both);
  REQUIRE(warnings.size() == 2);
  CHECK(warnings[0]
        == "imap: old offers CRAM-MD5, DIGEST-MD5, which this proxy cannot carry: clients that"
           " use it will have to change");
  CHECK(warnings[1].starts_with("submission: old offers NTLM, "));
  CHECK(mechanism_warnings(facts, {}).empty());
  CHECK(mechanism_warnings(facts, {mail_protocol::imap}).size() == 1);
}

TEST_CASE("tokens are named once new is known not to take them") {
  backend_facts facts;
  facts.at(side::on_old, mail_protocol::imap) = imap_with("AUTH=PLAIN AUTH=XOAUTH2");
  CHECK(mechanism_warnings(facts, both).empty());
  facts.at(side::on_new, mail_protocol::imap) = imap_with("AUTH=PLAIN AUTH=CRAM-MD5");
  const auto warnings = mechanism_warnings(facts, both);
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0]
        == "imap: old offers XOAUTH2, which new has not: clients that use it will have to"
           " change");
  facts.at(side::on_new, mail_protocol::imap) = imap_with("AUTH=PLAIN AUTH=xoauth2");
  CHECK(mechanism_warnings(facts, both).empty());
}

TEST_CASE("pop3's and sieve's are named too, APOP among them") {
  backend_facts facts;
  auto& pop3_service = facts.at(side::on_old, mail_protocol::pop3);
  pop3_service.pop3.emplace();
  pop3_service.pop3->add("SASL PLAIN cram-md5");
  pop3_service.pop3->add("APOP");
  auto& sieve_service = facts.at(side::on_old, mail_protocol::sieve);
  sieve_service.sieve.emplace();
  sieve_service.sieve->add({"SASL", "PLAIN DIGEST-MD5"});
  const auto warnings = mechanism_warnings(facts, {mail_protocol::pop3, mail_protocol::sieve});
  REQUIRE(warnings.size() == 2);
  CHECK(warnings[0].starts_with("pop3: old offers APOP, CRAM-MD5, "));
  CHECK(warnings[1].starts_with("sieve: old offers DIGEST-MD5, "));
}
