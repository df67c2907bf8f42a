"""`Docs/Results.md` and its pictures, from the runs' logs and the papers' printed figures; needs no PyTorch."""
