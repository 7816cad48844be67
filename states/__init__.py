"""Pure rules: lifecycles declared once, deadlines and calendar arithmetic. No input or output at all."""
