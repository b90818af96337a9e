"""A local run: real servers from wheels under var/, and every process under one supervisor. See docs/operations.md."""
