"""What a leader takes along from a session: figures, a report, a workbook, and several sessions compared."""
