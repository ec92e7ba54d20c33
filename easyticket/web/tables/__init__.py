"""Lists as tables to take away: the columns of each, by what stands above them and how a row gives its cell."""
