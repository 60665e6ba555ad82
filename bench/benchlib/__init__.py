"""What bench/run and bench/callgrind are made of."""
