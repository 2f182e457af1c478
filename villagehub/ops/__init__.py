"""Operations: the fictional county of ``villagehub demo``, and ``villagehub doctor``, which says in words what is wrong.

Decisions: the demo goes through the real road (import, review, publication), never past it; doctor only looks and never mends.
"""
