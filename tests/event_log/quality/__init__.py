"""Tests of bpa_assets.event_log.quality."""
