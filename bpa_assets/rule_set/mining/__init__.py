"""Rules from the log itself: trees learned on earlier cases, judged by later ones, and what they cover."""
