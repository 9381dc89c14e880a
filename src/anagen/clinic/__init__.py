"""What is recorded: the Django project, one app per step of the path."""
