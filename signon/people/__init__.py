"""Accounts, second factors, roles, and the people of an organization."""
