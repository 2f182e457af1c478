"""Operations: ``init`` and ``serve``, ``doctor``, which says in words what is wrong, and the fictional county of ``demo``.

Decisions: the demo goes through the real road (import, review, publication), never past it; doctor only looks and never mends;
there is no default password anywhere; /readyz checks what doctor explains. ``jobs`` is the table of timed work (decision 44);
its rules live in their rooms, here they are only called, each under a lease.
"""
