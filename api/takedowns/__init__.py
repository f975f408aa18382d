"""Notices of rights-holders about tracks, what staff decide, and what producers answer (D-83)."""
