"""The roster of a site and month.

What it rests on: `calendar` (when a site is open), `facts` (who may serve when), `changes` (the one writer of duties).
Making it: `optimiser/` (the fair roster), `building` and `runs` (into the draft), `board`, `spots`, `editing` and
`explain` (the builder's page), `templates` (a week repeated).
Living with it: `publishing`, `wanted` (open places), `repair`, `special_days` and `closing` (the calendar changes).
The day: `today`, `on_duty`, `callable`, `warnings`, `reminders`.
Outside the site: `paper/` (print, PDF, chat, workbooks) and `feeds` (calendar programs).
Checking it: `rules`, which shares nothing with the optimiser.
"""
