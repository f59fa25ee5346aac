"""What a language model may propose and word, and the facts it is told."""
