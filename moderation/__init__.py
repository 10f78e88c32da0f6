"""Judging messages and reaching people: rules, records, incidents and pages."""
