"""Lesson 11: one login for many services: PKCE, and the token endpoint's two grants."""

from .pkce_pair import pkce_pair
from .refresh import refresh
from .token_endpoint import token_endpoint

EXERCISES = (pkce_pair, token_endpoint, refresh)
