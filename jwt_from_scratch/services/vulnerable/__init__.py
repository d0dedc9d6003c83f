"""Deliberately broken services, one flaw per file. Never deploy one."""
