"""The calendar of working days: holidays, and weekends worked instead (国务院办公厅 放假安排), taken over from a list.

A room of its own below all that counts days: questions and errands promise an answer by a working day, and may not import
each other. How days are counted is pure and stands in ``kernel.working_days``.
"""
