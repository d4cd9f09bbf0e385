#include "actors/findings/finding_store.hpp"

namespace stellwerk {
namespace {

using findings::database;

// A guess is what no backend has accepted: whoever fills the table with them loses them first.
constexpr const char* tables = R"(
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS findings (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL, domain TEXT NOT NULL, login TEXT NOT NULL, address TEXT NOT NULL,
  stranger TEXT NOT NULL,
  count INTEGER NOT NULL, accepted INTEGER NOT NULL,
  first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL,
  client TEXT NOT NULL, software TEXT NOT NULL, tls TEXT NOT NULL, listener TEXT NOT NULL,
  name TEXT NOT NULL,
  UNIQUE (kind, login, address, domain, stranger));
CREATE INDEX IF NOT EXISTS findings_by_worth ON findings (accepted > 0, last_seen);
CREATE TABLE IF NOT EXISTS observed (
  domain TEXT NOT NULL, day INTEGER NOT NULL, PRIMARY KEY (domain, day)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS imported (
  log TEXT PRIMARY KEY, octets INTEGER NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
PRAGMA user_version = 1;
)";

/// All or nothing.
class transaction {
public:
  explicit transaction(database& of) : of_{of} { of_.run("BEGIN IMMEDIATE"); }
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;
  ~transaction() {
    if (is_done_)
      return;
    try {
      of_.run("ROLLBACK");
    } catch (const findings::database_fault&) { // SQLite has rolled back by itself.
    }
  }
  void commit() {
    of_.run("COMMIT");
    is_done_ = true;
  }

private:
  database& of_;
  bool is_done_ = false;
};

std::int64_t number_of(finding_record::time_point when) {
  return when.time_since_epoch().count();
}

finding_record::time_point time_of(std::int64_t number) {
  return finding_record::time_point{std::chrono::milliseconds{number}};
}

} // namespace

finding_store::finding_store(const std::filesystem::path& file, database::access how)
    : database_{file, how} {
  if (how == database::access::write)
    database_.run(tables);
}

std::size_t finding_store::add(const finding_batch& batch) {
  transaction whole{database_};
  std::size_t made = 0;
  for (const auto& one : batch.found)
    made += add(one) ? 1U : 0U;
  auto observed
      = database_.prepare("INSERT OR IGNORE INTO observed (domain, day) VALUES (?, ?)");
  for (const auto& [domain, day] : batch.observed) {
    observed << domain << std::int64_t{day.time_since_epoch().count()};
    observed.run();
  }
  if (batch.log)
    advance(*batch.log);
  whole.commit();
  return made;
}

std::uint64_t finding_store::octets_read(std::string_view log) {
  auto select = database_.prepare("SELECT octets FROM imported WHERE log = ?");
  select << log;
  return select.step() ? static_cast<std::uint64_t>(select.number(0)) : 0;
}

void finding_store::advance(const log_progress& log) {
  if (octets_read(log.log) != log.from)
    throw findings::database_fault{"another import has read the same log meanwhile"};
  auto write
      = database_.prepare("INSERT OR REPLACE INTO imported (log, octets, at) VALUES (?, ?, ?)");
  write << log.log << static_cast<std::int64_t>(log.to) << number_of(log.at);
  write.run();
}

/// True: the row is new.
bool finding_store::add(const finding_record& one) {
  const auto& what = one.what;
  const auto kind = text_of(what.kind);
  const auto stranger = what.login.empty() ? what.client : std::string{};
  const auto count = static_cast<std::int64_t>(one.count);
  const auto accepted = static_cast<std::int64_t>(one.accepted);
  const auto change = [&](std::string_view address) {
    auto update = database_.prepare(
        "UPDATE findings SET count = count + ?1, accepted = accepted + ?2, "
        "first_seen = min(first_seen, ?3), last_seen = max(last_seen, ?4), "
        "client = iif(?4 >= last_seen, ?5, client), "
        "software = iif(?4 >= last_seen, ?6, software), "
        "tls = iif(?4 >= last_seen, ?7, tls), "
        "listener = iif(?4 >= last_seen, ?8, listener), "
        "name = iif(?4 >= last_seen, ?9, name) "
        "WHERE kind = ?10 AND login = ?11 AND address = ?12 AND domain = ?13 AND "
        "stranger = ?14");
    update << count << accepted << number_of(one.first_seen) << number_of(one.last_seen)
           << what.client << what.software << what.tls << what.listener << what.name << kind
           << what.login << address << what.domain << stranger;
    update.run();
    return database_.changed() > 0;
  };
  if (change(what.address))
    return false;
  const auto address = has_room(what) ? what.address : std::string{};
  if (address != what.address && change(address))
    return false;
  auto insert = database_.prepare(
      "INSERT INTO findings (kind, domain, login, address, stranger, count, accepted, "
      "first_seen, last_seen, client, software, tls, listener, name) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insert << kind << what.domain << what.login << address << stranger << count << accepted
         << number_of(one.first_seen) << number_of(one.last_seen) << what.client
         << what.software << what.tls << what.listener << what.name;
  insert.run();
  return true;
}

bool finding_store::has_room(const finding& what) {
  if (what.login.empty() || what.address.empty())
    return true;
  auto others = database_.prepare("SELECT count(*) FROM findings WHERE kind = ? AND login = ?");
  others << text_of(what.kind) << what.login;
  return !others.step() || others.number(0) < most_addresses;
}

void finding_store::trim(std::size_t max_rows, finding_record::time_point oldest) {
  transaction whole{database_};
  auto forget = database_.prepare("DELETE FROM findings WHERE last_seen < ?");
  forget << number_of(oldest);
  forget.run();
  const auto first_day = std::chrono::floor<std::chrono::days>(oldest);
  auto forget_days = database_.prepare("DELETE FROM observed WHERE day < ?");
  forget_days << std::int64_t{first_day.time_since_epoch().count()};
  forget_days.run();
  // What could be counted twice now is forgotten again at once.
  auto forget_logs = database_.prepare("DELETE FROM imported WHERE at < ?");
  forget_logs << number_of(oldest);
  forget_logs.run();
  auto counted = database_.prepare("SELECT count(*) FROM findings");
  const auto rows = counted.step() ? counted.number(0) : 0;
  counted.reset();
  const auto most = static_cast<std::int64_t>(max_rows);
  if (rows > most) {
    auto remove = database_.prepare("DELETE FROM findings WHERE id IN (SELECT id FROM findings "
                                    "ORDER BY accepted > 0, last_seen LIMIT ?)");
    remove << rows - most;
    remove.run();
  }
  whole.commit();
}

finding_page finding_store::page(std::int64_t after, std::size_t count,
                                 std::string_view domain) {
  auto select = database_.prepare(
      "SELECT id, kind, domain, login, address, count, accepted, first_seen, last_seen, "
      "client, software, tls, listener, name FROM findings "
      "WHERE id > ? AND (? = '' OR domain = ?) ORDER BY id LIMIT ?");
  select << after << domain << domain << static_cast<std::int64_t>(count);
  finding_page made;
  made.last = after;
  std::size_t read = 0;
  for (; select.step(); ++read) {
    made.last = select.number(0);
    const auto kind = parse_finding_kind(select.text(1));
    if (!kind)
      continue; // Of a later version.
    finding_record one;
    one.what = {.kind = *kind,
                .domain = select.text(2),
                .login = select.text(3),
                .address = select.text(4),
                .client = select.text(9),
                .software = select.text(10),
                .tls = select.text(11),
                .listener = select.text(12),
                .name = select.text(13),
                .accepted = select.number(6) > 0};
    one.count = static_cast<std::uint64_t>(select.number(5));
    one.accepted = static_cast<std::uint64_t>(select.number(6));
    one.first_seen = time_of(select.number(7));
    one.last_seen = time_of(select.number(8));
    made.rows.push_back(std::move(one));
  }
  made.is_last = read < count;
  return made;
}

observed_days finding_store::days(std::string_view domain) {
  auto select = database_.prepare("SELECT domain, count(*) FROM observed "
                                  "WHERE ? = '' OR domain IN (?, '') GROUP BY domain");
  select << domain << domain;
  observed_days all;
  while (select.step())
    all[select.text(0)] = select.number(1);
  return all;
}

} // namespace stellwerk
