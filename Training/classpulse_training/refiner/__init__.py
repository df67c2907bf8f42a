"""The second stage: verifies a face that the detector proposes and refines its five points."""
