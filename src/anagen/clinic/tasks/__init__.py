"""What somebody has to do: a patient to look at, a lot to count, a call to make."""
