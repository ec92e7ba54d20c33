"""The real parties tests talk to: PostgreSQL, Redis, a mail server, Chromium, and EasyTicket as a process."""
