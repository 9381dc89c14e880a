"""When can she come? A course on dates that no window forbids, drawn, printed and sent to the patient's calendar."""
