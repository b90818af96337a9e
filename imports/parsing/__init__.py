"""From foreign bytes to plain values: pure functions that run in a child process, without network, clock or database.

Each reader is ``read(content, ...) -> dict`` of what JSON can hold, or raises ``outbound.sandbox.Unreadable`` with a
sentence for an editor.
"""
