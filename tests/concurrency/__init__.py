"""What only shows with real commits, threads and processes: the last ticket, the same ticket twice, a killed worker."""
