"""What a key will be able to do, in sentences and real numbers, before it is created or edited."""
