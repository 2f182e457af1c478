"""Places: county, township, village and group, by official code.

Decisions: a place has its own id, so that codes may change; old codes redirect (``place_code``). Codes are text of 6, 9 or
12 digits; the county part need not be six distinct digits (cities without a county level, such as codes ending in 00, are
their own county). A parent that no list has named yet gets a placeholder name, which a later list fills.
"""
