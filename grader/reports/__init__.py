"""From Reports to whatever else is wanted: one module for each form."""
