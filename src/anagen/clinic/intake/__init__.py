"""The question: what is asked of a patient, at the desk, on a tablet, or on the patient's own phone."""
