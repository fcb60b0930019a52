"""The rules of time, facts and moves, over numbers only.

Python runs these modules as they are; a compiler for numeric code can compile the same source.
Nothing here knows events, customers, dates or names.
"""
