"""Figures as ratios to a bare baseline in the same run; nothing here is used by the portal."""
