"""Checking what people type in the screens of a dossier; one file per subject."""
