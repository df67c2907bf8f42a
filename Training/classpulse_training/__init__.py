"""Training, evaluation and export of the networks that ClassPulse ships."""
