"""A hundred users behind one address are an office, not an attack."""

import threading

from support.accounts import Account
from support.fake_imap import FakeImap
from support.proxy_settings import clear_backend

USERS = [Account(f"user{number}@example.org", "secret") for number in range(100)]


def test_a_hundred_users_while_one_of_them_keeps_failing(start_between):
    with FakeImap() as fake:
        proxy = start_between(clear_backend(imap=fake.port), clear_backend(), accounts=USERS)
        ending, refused = threading.Event(), []

        def forgets_the_password():
            dialogue = proxy.clients.imap_dialogue()
            while not ending.is_set():
                refused.append(dialogue.login(USERS[0].login, "wrong"))

        forgetful = [threading.Thread(target=forgets_the_password) for _ in range(5)]
        for one in forgetful:
            one.start()
        answers = [None] * len(USERS)

        def logs_in_twice(number):
            sessions = [proxy.clients.imap_dialogue() for _ in range(2)]
            answers[number] = [one.login(USERS[number].login, "secret") for one in sessions]
            for one in sessions:
                one.close()

        crowd = [threading.Thread(target=logs_in_twice, args=(number,)) for number in range(1, len(USERS))]
        for one in crowd:
            one.start()
        for one in crowd:
            one.join(60)
        ending.set()
        for one in forgetful:
            one.join(60)
    assert refused and all(answer.startswith("NO [AUTHENTICATIONFAILED]") for answer in refused)
    assert all(answer and all(each.startswith("OK") for each in answer) for answer in answers[1:]), answers
