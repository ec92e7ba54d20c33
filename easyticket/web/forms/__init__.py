"""Forms: what people may type, with the sentence for each mistake. Rules that hold for every surface stand in services."""
