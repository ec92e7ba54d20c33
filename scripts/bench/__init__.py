"""What lists cost with a full database: fills one, runs every list, and shows how PostgreSQL answers (docs/performance.md)."""
