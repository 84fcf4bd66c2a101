"""What `benches/generate.py` and `benches/run` are made of."""
