"""Reports as a machine looks at them: files, tables, findings, similarity, differences."""
