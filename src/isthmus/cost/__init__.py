"""What things cost at list price: the price book, and the cost of the event path."""
