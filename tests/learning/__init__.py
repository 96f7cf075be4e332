"""Tests of hub/learning/."""
