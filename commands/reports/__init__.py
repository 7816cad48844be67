"""What was handed in, looked at by machine: files, tables, findings, similarity, differences."""
