"""Landbridge: a simulator of logistics corridors."""
