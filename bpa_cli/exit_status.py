"""The exit statuses of `bpa`. Add here another way for a command to end."""

DONE, FAILED, WRONG_INPUT, STOPPED = 0, 1, 2, 130
