"""The partitions: one is one business process, never a case."""

from dagster import DynamicPartitionsDefinition

PROCESSES = DynamicPartitionsDefinition(name="process")
"""Keys are process keys (`process_key.check_process_key`): a key becomes a folder name."""
