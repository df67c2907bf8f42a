"""The command line: one module for each command, with `arguments(parser)` and `run(arguments)`."""
