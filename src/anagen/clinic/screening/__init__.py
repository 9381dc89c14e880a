"""May we? The verdict as it was given on a day, what it rested on, and who set a finding aside."""
