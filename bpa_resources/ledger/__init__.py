"""What must be transactional: actions that wait to be sent, approvals, and the audit trail."""
