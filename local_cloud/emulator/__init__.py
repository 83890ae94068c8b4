"""MiniStack made durable. Runs in MiniStack's own environment, so it imports nothing else of this project.

MiniStack writes its state at an orderly stop only; a killed process would take the tables back to the last one, and the
quota ledger with them. Here its state is written every few seconds, and every write to a table at once to a journal.
"""
