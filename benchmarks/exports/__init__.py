"""Invented Bulk Data exports of any size, with known truth: ``python -m benchmarks.exports --patients 1000 -o DIR``."""
