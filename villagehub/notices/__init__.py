"""Reminders that leave the house: a few plain lines to a group's robot, a mailbox or a webhook, once a day and at an alarm.

Decisions: what is said is found by the rules that the desks show (``list_expected``, ``list_overdue``, ``tally_waiting``,
``list_alarms``) and holds no person's name and nothing that anybody typed. An address holds a robot's token, so it lies as a
file among the keys, is read from standard input, and is shown nowhere; it enters no database, log or argument. What was said to
whom lies in files beside (``instance/notices/``), not in the database: the addresses are this machine's own, a database restored
elsewhere must not speak for it, and a sending is noted before and after it, outside any transaction. A child process with a hard
limit does the sending, so that no receiver can hold up the clock.
"""
