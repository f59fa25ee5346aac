"""The columns of every table that lies in the lake, a file a stage."""
