"""What all surfaces share about HTTP: who is asking, errors as answers, headers, limits, origins."""
