"""What goes into the syringe of one patient: the worksheet, the second check, the label."""
